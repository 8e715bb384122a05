//! A server on a real port, with no engine behind it.

use super::auth;
use crate::auth::Authenticator;
use crate::body::Body;
use crate::failure::Failure;
use crate::settings::{Listen, ServerSettings};
use crate::startup::{Application, StartError};
use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use api::EmptyRequest;
use std::io;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;
use tokio::sync::oneshot;

/// Runs a server, lets `client` talk to it in a thread, and stops it when the client drops the sender. Beside the real
/// routes it has one that reads a body.
async fn with_server<T: Send + 'static>(
    settings: ServerSettings,
    client: impl FnOnce(&str, oneshot::Sender<()>) -> T + Send + 'static,
) -> T {
    let authenticator = Data::new(Authenticator::new(&auth()).unwrap());
    let metrics = crate::metrics::builder().unwrap().build_recorder().handle();
    let handle = Data::new(metrics.clone());
    let application =
        Application::bind(&settings, &["https://shop.example".to_owned()], metrics, move |config| {
            config
                .app_data(authenticator.clone())
                .app_data(handle.clone())
                .route("/read", web::post().to(read));
        })
        .unwrap();
    let address = application.address().to_owned();
    let (stop, stopped) = oneshot::channel::<()>();
    let talk = std::thread::spawn(move || client(&address, stop));
    application.run(async { drop(stopped.await) }).await.unwrap();
    talk.join().unwrap()
}

async fn read(body: Body) -> Result<HttpResponse, Failure> {
    body.json::<EmptyRequest>().await.map(|_| HttpResponse::Ok().finish())
}

fn settings(listen: &str) -> ServerSettings {
    ServerSettings {
        listen: Listen::try_from(listen.to_owned()).unwrap(),
        workers: 1,
        ..ServerSettings::default()
    }
}

/// Sends a request and reads until the server closes the connection.
fn exchange(stream: &mut (impl io::Read + io::Write), request: &str) -> String {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

const LIVEZ: &str = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[actix_web::test]
async fn a_server_on_port_0_says_its_port_and_answers_there() {
    let answer = with_server(settings("127.0.0.1:0"), |address, _stop| {
        assert!(!address.ends_with(":0"), "{address}");
        exchange(&mut connect(address), LIVEZ)
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(r#"{"alive":true}"#), "{answer}");
}

#[actix_web::test]
async fn a_server_on_a_socket_replaces_a_dead_one_and_removes_its_own_but_no_other_file() {
    let folder = std::env::temp_dir().join(format!("colloquy-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("http.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let listen = format!("unix:{}", path.display());
    let answer = with_server(settings(&listen), |address, _stop| {
        let mut stream = UnixStream::connect(address.strip_prefix("unix:").unwrap()).unwrap();
        exchange(&mut stream, LIVEZ)
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!path.exists());
    std::fs::write(&path, "precious").unwrap();
    let metrics = crate::metrics::builder().unwrap().build_recorder().handle();
    let refused = Application::bind(&settings(&listen), &[], metrics, |_| {});
    assert!(matches!(refused, Err(StartError::Bind { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// X1
#[actix_web::test]
async fn a_body_that_does_not_come_is_answered_408_and_its_connection_closed() {
    let impatient = ServerSettings { body_timeout_s: 1, ..settings("127.0.0.1:0") };
    let answer = with_server(impatient, |address, _stop| {
        let head =
            "POST /read HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
        exchange(&mut connect(address), head)
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("body_timeout"), "{answer}");
}

/// A page of a listed origin may ask and read, refusals too; of any other page the browser hears nothing.
#[actix_web::test]
async fn a_browser_is_told_which_pages_may_use_the_server() {
    let [listed, other, refused] = with_server(settings("127.0.0.1:0"), |address, _stop| {
        let preflight = |origin: &str| {
            let head = format!(
                "OPTIONS /v1/sessions HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\nConnection: close\r\n\
                 Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
            );
            exchange(&mut connect(address), &head).to_lowercase()
        };
        let asked =
            "GET /v1/queues HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\nConnection: close\r\n\r\n";
        let refused = exchange(&mut connect(address), asked).to_lowercase();
        [preflight("https://shop.example"), preflight("https://evil.example"), refused]
    })
    .await;
    let allowed = "access-control-allow-origin: https://shop.example";
    assert!(listed.starts_with("http/1.1 200") && listed.contains(allowed), "{listed}");
    assert!(!other.contains("access-control-allow-origin"), "{other}");
    assert!(refused.starts_with("http/1.1 401") && refused.contains(allowed), "{refused}");
}
