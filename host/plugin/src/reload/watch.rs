use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::SyncSender;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::Wake;

/// Links on the way to one file; the kernel follows 40.
const MAX_LINKS: usize = 40;

/// Has the operating system tell of changes. What it does not tell, or cannot, is found by polling.
pub(super) struct Watch {
    wake: SyncSender<Wake>,
    points: Points,
    watcher: Option<RecommendedWatcher>,
}

/// Where changes matter. Directories are watched, since files and links are replaced rather than written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Points {
    /// Every change in these matters: a plugin directory, and where the targets of links in it lie.
    folders: BTreeSet<PathBuf>,
    /// In the folders of these, only they matter: links on the way to a plugin directory, such as the one
    /// that git-sync sets to another checkout.
    links: BTreeSet<PathBuf>,
}

impl Watch {
    pub(super) fn start(directories: &[PathBuf], wake: SyncSender<Wake>) -> Self {
        let mut watch = Self { wake, points: Points::default(), watcher: None };
        watch.renew(Points::of(directories));
        watch
    }

    /// Watches where the directories are now: links may have led elsewhere before.
    ///
    /// After a change all is watched anew, since a watch is of a directory and not of its path, and ends
    /// with it.
    pub(super) fn follow(&mut self, directories: &[PathBuf], something_changed: bool) {
        let points = Points::of(directories);
        if something_changed || points != self.points || self.watcher.is_none() {
            self.renew(points);
        }
    }

    /// The new watcher stands before the old one goes, so that nothing is missed.
    fn renew(&mut self, points: Points) {
        self.watcher = self.watch(&points).inspect_err(|fault| self.warn(fault)).ok();
        self.points = points;
    }

    fn watch(&self, points: &Points) -> notify::Result<RecommendedWatcher> {
        let (wake, relevant) = (self.wake.clone(), points.clone());
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, |event| relevant.concern(event)) {
                // No room means that a change is already announced.
                let _ = wake.try_send(Wake::Changed);
            }
        })?;
        for folder in points.to_watch() {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    }

    fn warn(&self, fault: &notify::Error) {
        // Once, not at every poll.
        if self.watcher.is_some() || self.points == Points::default() {
            tracing::warn!(%fault, "plugin directories cannot be watched, they are polled alone");
        }
    }
}

impl Points {
    fn of(directories: &[PathBuf]) -> Self {
        let mut points = Self::default();
        for directory in directories {
            let Some(real) = points.resolve(directory) else { continue };
            let Ok(entries) = std::fs::read_dir(&real) else { continue };
            for entry in entries.flatten() {
                if entry.file_type().is_ok_and(|kind| kind.is_symlink())
                    && let Some(file) = points.resolve(&entry.path())
                    && let Some(folder) = file.parent()
                {
                    points.folders.insert(folder.to_owned());
                }
            }
            points.folders.insert(real);
        }
        points
    }

    /// Follows a path to where it really leads, noting every link on the way.
    fn resolve(&mut self, path: &Path) -> Option<PathBuf> {
        let mut real = PathBuf::new();
        let absolute = std::path::absolute(path).ok()?;
        let mut rest: Vec<_> = parts(&absolute);
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match part.components().next() {
                Some(Component::ParentDir) => _ = real.pop(),
                Some(Component::CurDir) | None => {}
                Some(_) => real.push(&part),
            }
            let Ok(target) = std::fs::read_link(&real) else { continue };
            links += 1;
            if links > MAX_LINKS {
                return None;
            }
            self.links.insert(real.clone());
            real.pop();
            rest.extend(parts(&target));
        }
        Some(real)
    }

    fn to_watch(&self) -> BTreeSet<&Path> {
        let of_links = self.links.iter().filter_map(|link| link.parent());
        of_links.chain(self.folders.iter().map(PathBuf::as_path)).filter(|folder| folder.is_dir()).collect()
    }

    /// Whether an event can be of a plugin. That somebody opened a file, as we do, is none.
    fn concern(&self, event: &Event) -> bool {
        let is_change = match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        };
        let concerns = |path: &PathBuf| {
            self.links.contains(path)
                || self.folders.contains(path)
                || path.parent().is_some_and(|parent| self.folders.contains(parent))
        };
        is_change && (event.paths.is_empty() || event.paths.iter().any(concerns))
    }
}

/// The parts of a path, last first. An absolute one starts over at the root when it is pushed.
fn parts(path: &Path) -> Vec<PathBuf> {
    path.components().rev().map(|part| PathBuf::from(part.as_os_str())).collect()
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
