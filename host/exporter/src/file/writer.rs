use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sluice_worker::Alive;
use tokio::sync::{mpsc, oneshot};

use super::FileSettings;

/// Writes records to a file, on a thread of its own, since files block.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// What is written as a whole or not at all: pieces that follow each other.
pub(super) type Record = [Bytes; 2];

#[derive(Debug)]
struct Job {
    record: Record,
    done: oneshot::Sender<Result<(), Arc<io::Error>>>,
}

/// Records that may wait for the thread; further senders wait for these.
const WAITING: usize = 64;

/// Records are gathered into one write up to this many bytes.
const GATHERED: usize = 1024 * 1024;

impl Writer {
    pub(super) fn open(settings: &FileSettings) -> io::Result<Self> {
        // Appending leaves the position to the system, also after a failed write was cut off.
        let file = OpenOptions::new().create(true).append(true).open(&settings.path)?;
        let is_plain = file.metadata()?.is_file();
        if is_plain && !settings.append {
            file.set_len(0)?;
        }
        let (jobs, receiver) = mpsc::channel(WAITING);
        let output = Output { file, is_plain };
        let flush_interval = settings.flush_interval;
        thread::Builder::new()
            .name("file-exporter".to_owned())
            .spawn(move || run(&output, receiver, flush_interval))?;
        Ok(Self { jobs })
    }

    /// Returns when the record was handed to the operating system.
    pub(super) async fn write(&self, record: Record) -> Result<(), Arc<io::Error>> {
        let gone = || Arc::new(io::Error::other("the thread that writes it has ended"));
        let (done, written) = oneshot::channel();
        self.jobs.send(Job { record, done }).await.map_err(|_closed| gone())?;
        written.await.map_err(|_closed| gone())?
    }
}

/// Ends when the exporter is dropped and everything is written.
fn run(output: &Output, mut jobs: mpsc::Receiver<Job>, flush_interval: Duration) {
    let _alive = Alive::new("file exporter");
    let mut bytes = Vec::new();
    let mut waiting = Vec::new();
    while let Some(first) = jobs.blocking_recv() {
        let started = Instant::now();
        let mut next = Some(first);
        while let Some(job) = next {
            job.record.iter().for_each(|piece| bytes.extend_from_slice(piece));
            waiting.push(job.done);
            let goes_on = bytes.len() < GATHERED && started.elapsed() < flush_interval;
            next = if goes_on { jobs.try_recv().ok() } else { None };
        }
        let result = output.write(&bytes).map_err(Arc::new);
        for done in waiting.drain(..) {
            // Whoever no longer waits does not want to know.
            let _ = done.send(result.clone());
        }
        bytes.clear();
        bytes.shrink_to(GATHERED);
    }
}

#[derive(Debug)]
struct Output {
    file: File,
    /// Whether it is neither a pipe nor a device.
    is_plain: bool,
}

impl Output {
    /// Writes everything; else, as a full disk has it, leaves the file as it was, so that it stays readable.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let before = if self.is_plain { self.file.metadata()?.len() } else { 0 };
        let mut file = &self.file;
        let Err(error) = file.write_all(bytes) else { return Ok(()) };
        if self.is_plain {
            self.file.set_len(before)?;
        }
        Err(error)
    }
}
