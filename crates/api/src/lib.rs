//! What crosses the wire: the bodies of requests and answers, and the table of problems.
//!
//! The server and the load generator share these types, so that they cannot come to disagree. Request bodies refuse
//! fields that they do not know, because a misspelt field that is dropped in silence is a message that loses its
//! attachment; answers accept them, so that an old client can read a newer server.
//!
//! Whatever holds a text, an address or a name prints nothing of it in `Debug` (`P1`).

pub mod configuration;

mod agent;
mod compose;
mod conversation;
mod desk;
mod event;
mod message;
mod outbound;
mod problem;
mod queue;
mod reach;
mod said;
mod session;
mod stream;
mod timer;
mod user;
mod window;
mod work_item;

pub use agent::{
    AgentListResponse, AgentResponse, Card, ChannelLoad, InboxResponse, PresenceRequest, UniversalLoad,
};
pub use compose::{ComposeChannel, ComposeRecipient, ComposeResponse};
pub use conversation::{
    ConversationListResponse, ConversationResponse, ConversationRow, MessageCounts, Owner,
};
pub use desk::{HistoryResponse, Ongoing, OngoingResponse, SeenRequest, TranscriptResponse};
pub use event::{EventResponse, EventsResponse};
pub use message::{
    AcceptedResponse, Answer, Attachment, Choice, EmptyRequest, InboundRequest, OpenedResponse,
    PostMessageRequest, StartConversationRequest,
};
pub use outbound::{
    AckOutcome, AckRequest, DeadLetterListResponse, DeadLetterResponse, DeliveryResponse, OutboundResponse,
    ReceiptRequest, ReceiptStatus,
};
pub use problem::{FieldError, Problem, ProblemCode};
pub use queue::{QueueListResponse, QueueResponse, Waiting};
pub use reach::{
    DeviceListResponse, DeviceRequest, DeviceResponse, DigestRequest, DigestResponse, DigestWish,
    ReachChangedResponse,
};
pub use said::{MessagesResponse, SaidResponse};
pub use session::{SessionRequest, SessionResponse, TicketResponse};
pub use stream::{ClientFrame, OpenConversation, ServerFrame};
pub use timer::{TimerResponse, TimersResponse};
pub use user::{
    BulkOutcome, BulkProblem, BulkRecipient, BulkRequest, BulkResponse, ConsentResponse,
    ContactLookupResponse, ImportResponse, OngoingConversation, PinRequest, PutUserRequest,
    ReassociateRequest, UserListResponse, UserResponse, VerifyRequest, VerifyResponse,
};
pub use window::{
    HistoryItem, NotificationRequest, NotificationResponse, Part, RequesterRequest, UnreadOf, UnreadResponse,
    WindowChangedResponse, WindowResponse,
};
pub use work_item::{
    AssignRequest, CandidateResponse, FieldOfCandidates, ItemHistoryResponse, ItemStepResponse,
    OfferResponse, RejectRequest, TransferRequest, WorkItemListResponse, WorkItemResponse,
};
