//! The catalogue of problems: every refusal that there can be, with its stable code. The reference page
//! `docs/reference/problems.md` and the pages under `/docs/problems/` are generated from it.

/// The family of a problem. Only `server` knows which HTTP status each one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input is wrong; sending it again will not help.
    Invalid,
    /// The request itself is not well formed.
    Malformed,
    /// The path exists, for other methods.
    Method,
    /// The caller does not send the request to its end.
    Slow,
    /// Too many or too large headers.
    HeadersTooLarge,
    /// Nobody is signed in, or the credential is not valid.
    Unauthenticated,
    /// The credential of an embedded dashboard is not valid, or no longer: nothing that a browser could ask for.
    Unadmitted,
    /// Known, but not allowed.
    Forbidden,
    /// Absent, or not yours.
    NotFound,
    /// Contrary to what is there now.
    Conflict,
    /// `If-Match` names an older version.
    Stale,
    /// `If-Match` is missing.
    MatchRequired,
    /// More bytes than allowed.
    TooLarge,
    /// A content type that is not understood.
    Unsupported,
    /// Too many requests.
    TooMany,
    /// It was here and is gone for good.
    Gone,
    /// The request went to the wrong host.
    Misdirected,
    /// For the moment it cannot be done.
    Unavailable,
    /// No room on the disk.
    Full,
    /// It took too long.
    Timeout,
    /// Our fault.
    Internal,
}

/// One entry of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable, `noun.what`.
    pub code: &'static str,
    /// The family.
    pub kind: Kind,
    /// A few words for a heading.
    pub title: &'static str,
    /// What it means and what to do, for the reference.
    pub help: &'static str,
}

macro_rules! problems {
    ($($name:ident = $code:literal, $kind:ident, $title:literal, $help:literal;)*) => {
        $(#[doc = $help] pub const $name: &Problem = &Problem {
            code: $code, kind: Kind::$kind, title: $title, help: $help,
        };)*
        /// Every problem, in the order of the catalogue.
        pub const ALL: &[&Problem] = &[$($name),*];
    };
}

problems! {
    INVALID = "input.invalid", Invalid, "The input is not valid",
        "One or more fields are wrong; `errors` points at each of them. Correct them and send the request again.";
    JSON = "input.json", Malformed, "The body is not JSON",
        "The body does not parse as JSON. The detail says at which line and column.";
    UNSUPPORTED_TYPE = "input.content_type", Unsupported, "This content type is not understood here",
        "Send `application/json`, or what the reference names for this path.";
    TOO_LARGE = "input.too_large", TooLarge, "The body is too large",
        "Send fewer or smaller items in one request; the limit is in the detail.";
    TOO_DEEP = "input.too_deep", Malformed, "The JSON is nested too deeply",
        "JSON bodies may be nested 32 levels deep.";
    PATH = "input.path", Malformed, "That is not a plain address",
        "An address has one spelling: no empty, `.` or `..` segments, no backslash, semicolon or NUL, and only those characters percent-encoded that have to be.";
    HEADERS = "input.headers", HeadersTooLarge, "There are too many headers",
        "Send fewer or smaller headers; the limits are in the detail.";
    SLOW = "input.slow", Slow, "The request did not arrive in time",
        "Send the body without long breaks, or send less of it at once.";
    NOT_FOUND = "not_found", NotFound, "Not found",
        "Nothing of that name is visible to you here. Things of other tenants look the same as things that do not exist.";
    METHOD = "method.not_allowed", Method, "This method is not allowed here",
        "The path exists; the `Allow` header lists its methods.";
    UNAUTHENTICATED = "auth.required", Unauthenticated, "Sign in first",
        "Send a session cookie or `Authorization: Bearer` with an API key of this tenant.";
    SEVERAL_CREDENTIALS = "auth.several", Malformed, "There is more than one credential",
        "Send a session cookie or an `Authorization` header, not both, and each of them once.";
    CREDENTIALS = "auth.credentials", Unauthenticated, "That e-mail or password is not right",
        "The reply is the same for an unknown e-mail and for a wrong password.";
    SESSION_ENDED = "auth.ended", Unauthenticated, "This sign-in has ended",
        "The session or API key expired or was revoked. Sign in again, or use another key.";
    CROSS_SITE = "auth.cross_site", Forbidden, "This request came from another site",
        "Changes with a session cookie are accepted from the tenant's own pages only. Use an API key from other places.";
    FORBIDDEN = "auth.forbidden", Forbidden, "You may not do this",
        "Your role or the scopes of your key do not include it. An owner or admin of the tenant can change that.";
    NOT_YOURS = "tenant.not_yours", Forbidden, "This is not your place",
        "You are signed in, but not a member of this tenant. Ask its owner for an invitation, or go to your own address.";
    UNKNOWN_HOST = "host.unknown", Misdirected, "There is nothing at this address",
        "The host name belongs to no tenant of this installation. Check the address.";
    TENANT_SUSPENDED = "tenant.suspended", Forbidden, "This workspace is suspended",
        "Sign-in, API keys and background work are refused until an operator resumes the tenant. Nothing was deleted.";
    TENANT_GONE = "tenant.gone", Gone, "This workspace is gone",
        "The tenant was deleted. Until its quarantine ends an operator can bring it back.";
    TENANT_NOT_READY = "tenant.not_ready", Unavailable, "This workspace is being set up",
        "Provisioning has not finished. It takes about a second; try again.";
    TENANT_SLUG_INVALID = "tenant.slug_invalid", Invalid, "That is not a slug",
        "A slug has 3 to 40 characters, a to z, 0 to 9 and single hyphens inside.";
    TENANT_SLUG_RESERVED = "tenant.slug_reserved", Invalid, "That name is reserved",
        "Words such as `www`, `api` and `admin` belong to the platform.";
    TENANT_SLUG_TAKEN = "tenant.slug_taken", Conflict, "That name is taken",
        "Another tenant has this slug, or had it not long ago: names of deleted tenants are kept for 90 days.";
    TENANT_BUSY = "tenant.busy", Conflict, "Another operation is under way",
        "One operation at a time changes a tenant. Wait for the one named in the detail, or cancel it.";
    TENANT_STATUS = "tenant.status", Conflict, "The tenant is not in a state for that",
        "For example, only an active tenant can be suspended. The detail names the present state.";
    TENANT_MOVED = "tenant.moved", Unavailable, "The tenant has just moved",
        "The write went to a place that the tenant has left and was refused there. Try again; the new place is known by then.";
    TENANT_CONFIRM = "tenant.confirm", Invalid, "The confirmation does not match",
        "Repeat the tenant's slug exactly to confirm.";
    TIER_UNKNOWN = "tenant.tier_unknown", Invalid, "There is no such tier",
        "The tiers are `pooled`, `schema` and `database`.";
    CELL_UNKNOWN = "cell.unknown", Invalid, "There is no such cell",
        "The console and `cell list` show the cells that there are.";
    CELL_FULL = "cell.full", Conflict, "The cell is full",
        "The cell bears no more tenants of this tier. Add a cell, or choose another tier.";
    CELL_UNUSABLE = "cell.unusable", Invalid, "That PostgreSQL cannot be a cell",
        "The server is too old, not reachable, or a right is missing. The detail lists everything that is missing.";
    OPERATION_DONE = "operation.done", Conflict, "The operation has already ended",
        "An operation that has ended can neither be cancelled nor retried.";
    OPERATION_PAST_PIVOT = "operation.past_pivot", Conflict, "The operation can no longer be cancelled",
        "It has passed the point after which it only goes forward.";
    OPERATION_FENCED = "operation.fenced", Conflict, "Another worker has taken this over",
        "A worker that lost its lease tried to go on and was refused.";
    IDEMPOTENCY_REUSED = "idempotency.reused", Conflict, "That idempotency key was used for something else",
        "The same `Idempotency-Key` came with another request. Use a new key for each new request.";
    IDEMPOTENCY_KEY = "idempotency.key", Malformed, "That is not an idempotency key",
        "An `Idempotency-Key` has 8 to 128 visible ASCII characters.";
    STALE = "version.stale", Stale, "Somebody changed it meanwhile",
        "`If-Match` names an older version. Read it again, merge, and send with the new `ETag`.";
    MATCH_REQUIRED = "version.required", MatchRequired, "Say which version you change",
        "Send the `ETag` that you read as `If-Match`, so that nobody's change is overwritten unseen.";
    CURSOR = "page.cursor", Malformed, "That cursor is not one of this list",
        "A cursor is valid for the list, filters and person that it was made for. Start again without it.";
    MEMBER_LAST_OWNER = "member.last_owner", Conflict, "A tenant needs an owner",
        "Make somebody else an owner first.";
    MEMBER_EXISTS = "member.exists", Conflict, "That person is a member already",
        "Change the role of the existing member instead.";
    MEMBER_ROLE = "member.role", Forbidden, "That role is above yours",
        "You can give, change and remove roles up to your own.";
    INVITATION_INVALID = "invitation.invalid", Gone, "This invitation is no longer valid",
        "It was used, withdrawn or has expired. Ask for a new one.";
    PASSWORD_WEAK = "auth.password_weak", Invalid, "That password is too easy to guess",
        "Use at least 10 characters, not your e-mail or the name of the workspace.";
    RATE_LIMITED = "limit.rate", TooMany, "Too many requests",
        "Wait for as long as `Retry-After` says.";
    BUSY = "limit.busy", TooMany, "Too many questions at once",
        "Questions of a workspace wait for one another, so that they slow no other workspace down. Wait for as long as `Retry-After` says, and ask for less at once.";
    LIMIT = "limit.reached", Conflict, "A limit of the plan is reached",
        "The detail says which one. An operator can change the plan.";
    EVENTS_NONE_ACCEPTED = "events.none_accepted", Invalid, "No event was accepted",
        "Every event of the batch is wrong; `errors` says why for each.";
    EVENTS_RACE = "events.race", Unavailable, "The same events came from two sides at once",
        "Nothing of this batch was stored. Send it again: what is stored by then counts as duplicate.";
    DASHBOARD_TEMPLATE = "dashboard.template", Conflict, "This dashboard comes from the operator",
        "It can be changed, but not deleted: it is there for as long as the operator publishes it. Resetting it takes back your changes.";
    TEMPLATE_NAME = "template.name", Conflict, "There is a template of that name",
        "Templates are told apart by their names. Publish a new version of that one, or choose another name.";
    DATASET_FULL = "dataset.full", Invalid, "The dataset has no room for another name",
        "A dataset has 12 dimensions and 8 measures. Use another dataset for the rest.";
    DATASET_TAKEN = "dataset.taken", Conflict, "This name cannot be used",
        "Datasets are told apart by their names, those included that you may not see. Choose another name.";
    TABLE_FULL = "table.full", Invalid, "The table has no room for that",
        "A table has 12 columns of texts, 8 of numbers, one of times, and 100,000 rows. Remove what nobody needs, or use another table for the rest.";
    TABLE_IN_USE = "table.in_use", Conflict, "A dataset needs it",
        "The detail says which dataset. Take the look-up or the column out of it first; a dataset over the table has to go before it.";
    TABLE_NOT_EMPTY = "table.not_empty", Conflict, "The table has rows",
        "What stands in a column is stored as what it is: a text, a number or a time. Add the column under another name, or remove all rows, change the table and upload them anew.";
    TABLE_NAME = "table.name", Conflict, "There is a table of that name",
        "Tables are told apart by their names. Change that one, or choose another name.";
    QUESTION = "question.invalid", Invalid, "The question cannot be answered",
        "It names a dataset, measure or dimension that is not there, or asks for something that does not go together. `errors` points at it.";
    EMBED_EXPIRED = "embed.expired", Unadmitted, "This embed token has ended",
        "Embed tokens live for ten minutes at most. The page that frames the dashboard asks its own server for a new one; see that it does, and that its clock is right.";
    EMBED_NOT_YET = "embed.not_yet", Unadmitted, "This embed token is not valid yet",
        "The clock of the server that made it and that of the one that reads it are apart. Set both by the network's time.";
    EMBED_AUDIENCE = "embed.audience", Unadmitted, "This token is for something else",
        "It was signed by this workspace, but not for embedding. Send what `POST /embed-tokens` gave.";
    EMBED_SIGNATURE = "embed.signature", Unadmitted, "This is not an embed token of this workspace",
        "It was changed on its way, or signed with a key that this workspace does not have, or no longer. Send what `POST /embed-tokens` gave, as it is.";
    EMBED_REVOKED = "embed.revoked", Unadmitted, "This embed was ended",
        "The token, its viewer, the key that made it, its dashboard or the public link was revoked or deleted.";
    EMBED_TENANT = "embed.tenant", Forbidden, "This token is for another workspace",
        "Send it to the workspace that made it: its address is in the token as `iss`.";
    EMBED_ORIGIN = "embed.origin", Forbidden, "This page may not show the dashboard",
        "Only the frame itself asks for data, and it answers to pages of the origins that the workspace and the token name. Add the page's origin to the workspace's list.";
    EMBED_LOCKED = "embed.locked", Malformed, "This filter is locked",
        "The token fixes this dimension: it cannot be filtered otherwise, and a widget whose dataset lacks it is not shown.";
    EMBED_ROW_FILTER = "embed.row_filter", Forbidden, "A required filter is missing",
        "The dashboard says which dimensions an embed has to lock. Make the token with an `in` filter for each of them.";
    BRANDING = "branding.invalid", Invalid, "The branding is not valid",
        "`errors` points at the field.";
    LOGO = "branding.logo", Invalid, "That picture cannot be used",
        "A logo is a PNG, JPEG or WebP of at most 256 KB and 2,000 pixels a side.";
    REASON_REQUIRED = "support.reason", Invalid, "Say why",
        "An operator who looks into a tenant gives a reason of 8 characters or more; the tenant sees it in its audit log.";
    DATABASE_DOWN = "database.down", Unavailable, "The database does not answer",
        "Nothing was changed. Try again after the time in `Retry-After`.";
    DATABASE_FULL = "database.full", Full, "The database has no room left",
        "Nothing was changed. Reading goes on; writing works again when there is space.";
    POSTGRES_MISSING = "postgres.missing", Unavailable, "PostgreSQL is not installed",
        "PostgreSQL 15 or newer is needed. The detail says what was found and how to install it.";
    POSTGRES_START = "postgres.start", Unavailable, "The private PostgreSQL does not run",
        "It could not be made, started or stopped. The detail has its own last words.";
    DATA_DIR = "data.directory", Invalid, "The data directory cannot be used",
        "It cannot be entered, belongs to somebody else, or was made by another version of PostgreSQL. The detail says what to do.";
    DATA_IN_USE = "data.in_use", Conflict, "Another server uses this data directory",
        "One server at a time keeps a data directory. Stop the other one, or choose another directory.";
    TIMEOUT = "timeout", Timeout, "It took too long",
        "The statement was stopped at its time limit. Ask for a shorter range, or fewer groups.";
    UNKNOWN_OUTCOME = "outcome.unknown", Unavailable, "The connection broke while saving",
        "Whether it was saved is not known. Send the same request with the same `Idempotency-Key`: it takes effect once.";
    SETTINGS = "settings.invalid", Invalid, "The configuration is not valid",
        "The detail names the setting, where it came from and what is allowed.";
    INTERNAL = "internal", Internal, "Something went wrong",
        "It is not your fault. Tell the operator the request id; the log has the cause.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = HashSet::new();
        for p in ALL {
            assert!(seen.insert(p.code), "{} stands twice", p.code);
            assert!(p.code.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '_')), "{}", p.code);
            assert!(p.help.ends_with('.') && !p.title.ends_with('.'), "{}", p.code);
            // Tenants' people read them, at addresses under the tenants' own brands.
            let said = format!("{} {}", p.title, p.help).to_lowercase();
            assert!(!said.contains("insula"), "{} names the platform", p.code);
        }
    }
}
