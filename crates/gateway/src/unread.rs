//! Hangs up on clients whose body was refused before its end (`X1`).
//!
//! The framework would read and drop the rest of a chunked body for as long as the client cares to send it, without any
//! timeout: a few thousand such clients, who need no token, would take all connections. It hangs up at once, as it does
//! for bodies with a length, if the body is still held when the answer has been written; so the answer holds it.

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What is left of a request's body: nothing once it was read to its end.
pub(crate) struct Unread(Rc<RefCell<Option<Payload>>>);

/// The body as the handler reads it.
struct Reading(Rc<RefCell<Option<Payload>>>);

/// An answer that holds what was not read.
struct Holding {
    body: BoxBody,
    _unread: Unread,
}

impl Unread {
    /// Keeps a hand on the body that a handler will read.
    pub(crate) fn of(request: &mut ServiceRequest) -> Self {
        let payload = Rc::new(RefCell::new(Some(request.take_payload())));
        request.set_payload(Payload::Stream { payload: Box::pin(Reading(Rc::clone(&payload))) });
        Self(payload)
    }

    /// Lets the answer hold what was not read.
    pub(crate) fn hold(self, response: ServiceResponse) -> ServiceResponse {
        if self.0.borrow().is_none() {
            return response;
        }
        response.map_body(|_, body| BoxBody::new(Holding { body, _unread: self }))
    }
}

impl Stream for Reading {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut payload = self.0.borrow_mut();
        let read = match payload.as_mut() {
            Some(payload) => Pin::new(payload).poll_next(cx),
            None => Poll::Ready(None),
        };
        if matches!(read, Poll::Ready(None)) {
            *payload = None;
        }
        read
    }
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
