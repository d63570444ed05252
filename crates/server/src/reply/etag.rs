//! `ETag`s that a caller has already: the edge turns the answer into a 304, whichever handler made it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

/// Drops the body of an answer that the caller has.
pub(crate) fn not_modified(method: &Method, asked: Option<&HeaderValue>, mut response: Response) -> Response {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if reads && response.status() == StatusCode::OK && has(asked, response.headers()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_ENCODING);
    }
    response
}

/// Weak comparison, as `If-None-Match` wants it.
fn has(asked: Option<&HeaderValue>, answer: &HeaderMap) -> bool {
    let (Some(Ok(asked)), Some(Ok(tag))) =
        (asked.map(HeaderValue::to_str), answer.get(header::ETAG).map(HeaderValue::to_str))
    else {
        return false;
    };
    let plain = |t: &str| t.trim().trim_start_matches("W/").to_owned();
    asked.split(',').any(|one| plain(one) == plain(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_tag_is_not_modified() {
        let ask = |method: Method, asked: &'static str| {
            let response = Response::builder().header(header::ETAG, "\"4\"").body(Body::from("x")).unwrap();
            not_modified(&method, Some(&HeaderValue::from_static(asked)), response).status().as_u16()
        };
        assert_eq!(ask(Method::GET, "\"4\""), 304);
        assert_eq!(ask(Method::GET, "\"3\", W/\"4\""), 304);
        assert_eq!(ask(Method::GET, "\"3\""), 200);
        assert_eq!(ask(Method::GET, "*"), 200);
        assert_eq!(ask(Method::POST, "\"4\""), 200);
    }
}
