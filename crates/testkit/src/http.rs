//! A small HTTP server in this process: enough for a registry, and able to misbehave.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

/// How a body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As it should be.
    Whole,
    /// The connection closes after so many bytes.
    Cut(usize),
    /// So many bytes, then nothing.
    Stall(usize),
    /// So many bytes at a time, with a pause between them.
    Trickle(usize, Duration),
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), delivery: Delivery::Whole }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What answers requests.
pub(crate) type Handler = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// A server on a port of its own on the loopback interface. It ends when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

/// A connection, with or without TLS.
trait Connection: Read + Write {
    /// Ends it at once.
    fn close(&mut self);
}

impl Connection for TcpStream {
    fn close(&mut self) {
        // The other side may have closed it already.
        let _ = self.shutdown(Shutdown::Both);
    }
}

impl Connection for Tls {
    fn close(&mut self) {
        self.sock.close();
    }
}

#[cfg(unix)]
impl Connection for UnixStream {
    fn close(&mut self) {
        // The other side may have closed it already.
        let _ = self.shutdown(Shutdown::Both);
    }
}

type Tls = rustls::StreamOwned<rustls::ServerConnection, TcpStream>;

impl Server {
    pub(crate) fn start(handler: Handler) -> Self {
        Self::start_with(handler, None)
    }

    /// With TLS, if it is configured.
    pub(crate) fn start_with(handler: Handler, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                // A body that waits for the head to be acknowledged comes 40 ms late.
                let _ = stream.set_nodelay(true);
                let (handler, stop, tls) = (Arc::clone(&handler), Arc::clone(&stop), tls.clone());
                // A client that goes away is no failure of the server.
                std::thread::spawn(move || match tls {
                    None => serve(stream, &handler, &stop),
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config).ok()?;
                        serve(Tls::new(connection, stream), &handler, &stop)
                    }
                });
            }
        });
        Self { address, stopped }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// A server on a unix socket. It ends when this is dropped.
#[cfg(unix)]
pub(crate) struct SocketServer {
    pub(crate) path: PathBuf,
    stopped: Arc<AtomicBool>,
}

#[cfg(unix)]
impl SocketServer {
    pub(crate) fn start(handler: Handler, path: &Path) -> Self {
        let listener = UnixListener::bind(path).expect("a place for a socket");
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (handler, stop) = (Arc::clone(&handler), Arc::clone(&stop));
                std::thread::spawn(move || serve(stream, &handler, &stop));
            }
        });
        Self { path: path.to_owned(), stopped }
    }
}

#[cfg(unix)]
impl Drop for SocketServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = UnixStream::connect(&self.path);
    }
}

/// Answers one request after the other on a connection.
fn serve(stream: impl Connection, handler: &Handler, stop: &AtomicBool) -> Option<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let reply = handler(&request);
        write(reader.get_mut(), &request, &reply, stop)?;
    }
    reader.get_mut().close();
    Some(())
}

fn read(reader: &mut BufReader<impl Connection>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut request = Request { method, path, query, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    reader.take(length).read_to_end(&mut request.body).ok()?;
    Some(request)
}

/// Sends the reply; none if the connection is to end.
fn write(stream: &mut impl Connection, request: &Request, reply: &Reply, stop: &AtomicBool) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.flush().ok()?;
    if request.method == "HEAD" {
        return Some(());
    }
    let body = &reply.body;
    match reply.delivery {
        Delivery::Whole => stream.write_all(body).ok(),
        Delivery::Cut(bytes) if bytes >= body.len() => stream.write_all(body).ok(),
        Delivery::Cut(bytes) => {
            stream.write_all(&body[..bytes]).ok()?;
            stream.close();
            None
        }
        Delivery::Stall(bytes) => {
            stream.write_all(&body[..bytes.min(body.len())]).ok()?;
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
            None
        }
        Delivery::Trickle(bytes, pause) => body.chunks(bytes).try_for_each(|chunk| {
            std::thread::sleep(pause);
            stream.write_all(chunk).ok().filter(|()| !stop.load(Ordering::Relaxed))
        }),
    }
}
