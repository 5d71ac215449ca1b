//! The root filesystem, as one layer.

use std::io::Write;

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// Who runs in the container: nobody that any system knows.
pub(super) const USER: u64 = 65532;

/// A layer: what it is as a tar file, and the same compressed.
pub(super) struct Layer {
    pub(super) plain: Vec<u8>,
    pub(super) compressed: Vec<u8>,
}

/// What is at a path.
enum Entry<'a> {
    Folder { mode: u32 },
    File { mode: u32, bytes: &'a [u8] },
}

/// Packs everything that the image has. Times are all `time`, owners all root: the user of the container may change nothing.
pub(super) fn layer(binary: &[u8], authorities: Option<&[u8]>, time: u64) -> anyhow::Result<Layer> {
    let accounts =
        format!("root:x:0:0:root:/:/sbin/nologin\nsluice:x:{USER}:{USER}:sluice:/:/sbin/nologin\n");
    let groups = format!("root:x:0:\nsluice:x:{USER}:\n");
    let file = |bytes| Entry::File { mode: 0o644, bytes };
    let folder = Entry::Folder { mode: 0o755 };
    let mut entries = vec![
        // Where the configuration is mounted.
        ("conf/", Entry::Folder { mode: 0o755 }),
        ("etc/", Entry::Folder { mode: 0o755 }),
        ("etc/group", file(groups.as_bytes())),
        // Engines put their own over it; without one, `localhost` is known all the same.
        ("etc/hosts", file(b"127.0.0.1 localhost\n::1 localhost\n")),
        // The hosts file before the name servers.
        ("etc/nsswitch.conf", file(b"hosts: files dns\n")),
        ("etc/passwd", file(accounts.as_bytes())),
        ("etc/sluice/", Entry::Folder { mode: 0o755 }),
        // What is dropped here is loaded.
        ("etc/sluice/plugins/", folder),
        ("sluice", Entry::File { mode: 0o755, bytes: binary }),
        ("tmp/", Entry::Folder { mode: 0o1777 }),
    ];
    if let Some(authorities) = authorities {
        entries.push(("etc/ssl/", Entry::Folder { mode: 0o755 }));
        entries.push(("etc/ssl/certs/", Entry::Folder { mode: 0o755 }));
        entries.push(("etc/ssl/certs/ca-certificates.crt", file(authorities)));
    }
    entries.sort_by_key(|(path, _)| *path);
    let mut archive = Builder::new(Vec::new());
    for (path, entry) in &entries {
        append(&mut archive, path, entry, time)?;
    }
    let plain = archive.into_inner()?;
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(&plain)?;
    Ok(Layer { compressed: gzip.finish()?, plain })
}

fn append(archive: &mut Builder<Vec<u8>>, path: &str, entry: &Entry<'_>, time: u64) -> anyhow::Result<()> {
    let mut header = Header::new_ustar();
    let (kind, mode, bytes): (_, _, &[u8]) = match entry {
        Entry::Folder { mode } => (EntryType::Directory, *mode, &[]),
        Entry::File { mode, bytes } => (EntryType::Regular, *mode, bytes),
    };
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(time);
    header.set_size(bytes.len() as u64);
    archive.append_data(&mut header, path, bytes)?;
    Ok(())
}
