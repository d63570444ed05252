//! The descriptions of the two APIs, made from the handlers. What every operation has in common (the problem that
//! it may answer with, the idempotency key of every `POST`) is added here, once. The files under `openapi/` are
//! generated from this; `tests/it/description.rs` checks that.

use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use utoipa::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi as Description, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::problem;
use crate::routes::Routes;

/// Where the API is.
const ROOT: &str = "/api/v1";

/// What holds for every operation. Shown in the description and on the reference page.
const CONVENTIONS: &str = "\
**Refusals** are `application/problem+json` with a stable `code`; programs decide by it. `errors` points at fields by JSON \
pointer. `instance` is the request id, which is also in `X-Request-Id` and in the log.\n\n\
**Bodies** are JSON in UTF-8, at most 1 MB and 32 levels deep. A field that is not known is refused, and so is a \
parameter of a list that is not known.\n\n\
**Sending again.** Every `POST` takes an `Idempotency-Key`: the same key with the same request takes effect once. After \
`outcome.unknown` or a broken connection, send the same again.\n\n\
**Versions.** What can be changed has an `ETag`. Send it as `If-Match` with a change: without it the change is refused with \
428, and with an older one with 412. Reading with `If-None-Match` gives 304 while nothing has changed.\n\n\
**Lists** give `items` and, if there is more, `next_cursor`: send it as `cursor` with the same filters. `limit` is 1 to 200.\n\n\
**Cookies** count for changes from this host's own pages only (`Sec-Fetch-Site: same-origin`, or the same `Origin`). \
Programs send a bearer token, and no cookie beside it.";

/// What both descriptions have in common.
#[derive(OpenApi)]
#[openapi(components(schemas(problem::Body, insula_model::FieldError)))]
struct Common;

/// The description of the API at the tenants' addresses.
#[must_use]
pub fn openapi_tenant() -> Description {
    crate::tenant::api().split_for_parts().1
}

/// The description of the API at the console's address.
#[must_use]
pub fn openapi_operator() -> Description {
    crate::console::api().split_for_parts().1
}

/// The endpoints of a realm under their address, described as a whole.
pub(crate) fn api(title: &str, about: &str, cookie: &str, all: OpenApiRouter<App>) -> OpenApiRouter<App> {
    let mut api = OpenApiRouter::with_openapi(beginning(title, about, cookie)).nest(ROOT, all);
    complete(api.get_openapi_mut());
    api
}

/// The description itself, where programs look for it.
pub(crate) fn document(description: &Description) -> Routes {
    let json = Bytes::from(serde_json::to_vec(description).unwrap_or_default());
    let tag: String = Sha256::digest(&json)[..12].iter().map(|b| format!("{b:02x}")).collect();
    let serve = async move || {
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::CACHE_CONTROL, "public, no-cache".to_owned()),
            (header::ETAG, format!("\"{tag}\"")),
        ];
        (headers, json)
    };
    Routes::new().at("/api/v1/openapi.json", get(serve))
}

/// Where a description begins.
fn beginning(title: &str, about: &str, cookie: &str) -> Description {
    let mut api = Common::openapi();
    title.clone_into(&mut api.info.title);
    api.info.description = Some(format!("{about}\n\n{CONVENTIONS}"));
    api.info.version = "1".to_owned();
    api.info.license = None;
    let components = api.components.get_or_insert_default();
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie)));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("session", session);
    components.add_security_scheme("bearer", bearer.clone());
    components.add_security_scheme("embed", bearer);
    api.security = Some(vec![
        SecurityRequirement::new("session", [] as [&str; 0]),
        SecurityRequirement::new("bearer", [] as [&str; 0]),
    ]);
    api
}

/// Adds to every operation what every operation has.
fn complete(api: &mut Description) {
    for item in api.paths.paths.values_mut() {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Delete, &mut item.delete),
            (HttpMethod::Patch, &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete_one(&method, operation);
            }
        }
    }
}

fn complete_one(method: &HttpMethod, operation: &mut Operation) {
    if *method == HttpMethod::Post {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description("A problem.").content(problem::MEDIA_TYPE, content);
    operation.responses.responses.insert("default".to_owned(), RefOr::T(response.build()));
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(8)).max_length(Some(128));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "The same key with the same request takes effect once, however often it is sent. 8 to 128 visible ASCII \
             characters.",
        ))
        .schema(Some(schema))
        .build()
}
