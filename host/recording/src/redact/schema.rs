//! Where attributes are in a request for traces; see opentelemetry-proto, trace.proto, common.proto and resource.proto.

/// What becomes of the fields of a message, by number. A field that does not stand here is left out.
pub(super) struct Message(pub(super) &'static [(u32, Treatment)]);

pub(super) enum Treatment {
    /// It stays as it is.
    Keep,
    /// It has attributes somewhere below it.
    Message(&'static Message),
    /// It is a `KeyValue`.
    Attribute,
    /// It is the message of a status.
    StatusMessage,
}

use Treatment::{Attribute, Keep, StatusMessage};

pub(super) static REQUEST: Message = Message(&[(1, Treatment::Message(&RESOURCE_SPANS))]);

static RESOURCE_SPANS: Message =
    Message(&[(1, Treatment::Message(&RESOURCE)), (2, Treatment::Message(&SCOPE_SPANS)), (3, Keep)]);

/// Entity references name keys of attributes, not their values.
static RESOURCE: Message = Message(&[(1, Attribute), (2, Keep), (3, Keep)]);

static SCOPE_SPANS: Message =
    Message(&[(1, Treatment::Message(&SCOPE)), (2, Treatment::Message(&SPAN)), (3, Keep)]);

static SCOPE: Message = Message(&[(1, Keep), (2, Keep), (3, Attribute), (4, Keep)]);

static SPAN: Message = Message(&[
    (1, Keep),
    (2, Keep),
    (3, Keep),
    (4, Keep),
    (5, Keep),
    (6, Keep),
    (7, Keep),
    (8, Keep),
    (9, Attribute),
    (10, Keep),
    (11, Treatment::Message(&EVENT)),
    (12, Keep),
    (13, Treatment::Message(&LINK)),
    (14, Keep),
    (15, Treatment::Message(&STATUS)),
    (16, Keep),
]);

static EVENT: Message = Message(&[(1, Keep), (2, Keep), (3, Attribute), (4, Keep)]);

static LINK: Message = Message(&[(1, Keep), (2, Keep), (3, Keep), (4, Attribute), (5, Keep), (6, Keep)]);

static STATUS: Message = Message(&[(2, StatusMessage), (3, Keep)]);
