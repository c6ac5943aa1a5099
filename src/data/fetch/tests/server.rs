//! A small HTTP server on this machine, which can break off, ignore ranges and send wrong ones.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How the server treats a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Behaviour {
    Proper,
    /// Announce everything, send this many bytes, hang up.
    BreakOff(usize),
    /// The same, and then stay silent with the connection open.
    FallSilent(usize),
    IgnoreRange,
    /// 416 to every range.
    RefuseRange,
    NotFound,
    /// 206 from a place that was not asked for.
    WrongRange,
}

/// A server that gives `content` for every path, in each request's behaviour in turn (the last for all further ones).
pub struct Server {
    pub base: String,
    /// The Range header of each request, "" where there was none.
    ranges: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn start(content: Vec<u8>, behaviours: &'static [Behaviour]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&ranges);
        // The thread ends with the test process.
        std::thread::spawn(move || {
            for (count, stream) in listener.incoming().enumerate() {
                let behaviour = behaviours[count.min(behaviours.len() - 1)];
                let stream = stream.unwrap();
                let range = read_request(&stream);
                seen.lock().unwrap().push(range.clone());
                let _ = answer(stream, &content, behaviour, &range);
            }
        });
        Self { base, ranges }
    }

    /// An address where nobody listens.
    pub fn absent() -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self {
            base: format!("http://{address}"),
            ranges: Arc::default(),
        }
    }

    pub fn ranges(&self) -> Vec<String> {
        self.ranges.lock().unwrap().clone()
    }
}

fn read_request(stream: &TcpStream) -> String {
    let mut range = String::new();
    for line in BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
    {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("range:") {
            range = value.trim().to_owned();
        }
    }
    range
}

fn answer(mut stream: TcpStream, content: &[u8], behaviour: Behaviour, range: &str) -> std::io::Result<()> {
    let asked = range
        .strip_prefix("bytes=")
        .and_then(|r| r.strip_suffix('-'))
        .and_then(|r| r.parse::<usize>().ok());
    let (head, body) = match (behaviour, asked) {
        (Behaviour::NotFound, _) => ("404 Not Found".to_owned(), &b""[..]),
        (Behaviour::RefuseRange, Some(_)) => ("416 Range Not Satisfiable".to_owned(), &b""[..]),
        (Behaviour::WrongRange, Some(_)) => (partial(1, content), &content[1..]),
        (Behaviour::IgnoreRange, _) | (_, None) => ("200 OK".to_owned(), content),
        (_, Some(at)) => (partial(at, content), &content[at..]),
    };
    let (Behaviour::BreakOff(sent) | Behaviour::FallSilent(sent)) = behaviour else {
        return send(&mut stream, &head, body, body.len());
    };
    send(&mut stream, &head, body, sent)?;
    if matches!(behaviour, Behaviour::FallSilent(_)) {
        std::thread::sleep(Duration::from_secs(20));
    }
    Ok(())
}

/// The head announces all of `body`; `sent` bytes of it follow.
fn send(stream: &mut TcpStream, head: &str, body: &[u8], sent: usize) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body[..sent])
}

fn partial(at: usize, content: &[u8]) -> String {
    format!(
        "206 Partial Content\r\nContent-Range: bytes {at}-{}/{}",
        content.len() - 1,
        content.len()
    )
}
