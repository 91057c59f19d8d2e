//! The table of open descriptors.
//!
//! Invariant: no more than the limit are open, and a new one gets the lowest free number.

use crate::{Dir, DirEntry, Errno, FdFlags, File, Result, Rights};
use alloc::{boxed::Box, string::String, vec::Vec};

/// What a descriptor stands for.
pub(crate) enum Object {
    File(Box<dyn File>),
    Dir(Box<dyn Dir>),
}

/// An open descriptor.
pub(crate) struct Descriptor {
    pub(crate) object: Object,
    /// What it may be used for.
    pub(crate) rights: Rights,
    /// What descriptors opened through it may be used for.
    pub(crate) inheriting: Rights,
    /// What the permissions of its pre-opened directory refuse, whatever the rights are.
    pub(crate) denied: Rights,
    pub(crate) fdflags: FdFlags,
    /// The guest's name for a pre-opened directory.
    pub(crate) preopen: Option<String>,
    /// What the directory held when its listing was begun: cookies are places in it, so that names which come or go
    /// meanwhile do not make a guest miss others.
    pub(crate) listing: Vec<DirEntry>,
}

impl Descriptor {
    pub(crate) fn file(file: Box<dyn File>, rights: Rights) -> Self {
        Self::new(Object::File(file), rights, Rights::empty(), Rights::empty())
    }

    pub(crate) fn new(object: Object, rights: Rights, inheriting: Rights, denied: Rights) -> Self {
        let (fdflags, preopen, listing) = (FdFlags::empty(), None, Vec::new());
        Self { object, rights, inheriting, denied, fdflags, preopen, listing }
    }

    /// Fails unless all of `rights` are there.
    pub(crate) fn require(&self, rights: Rights) -> Result<()> {
        let missing = rights - self.rights;
        if !missing.is_empty() {
            return Err(missing.missing());
        }
        if self.denied.intersects(rights) { Err(Errno::Perm) } else { Ok(()) }
    }

    /// The file, if it may be used so; reading and writing directories fails as it does for a missing right.
    pub(crate) fn as_file(&mut self, rights: Rights) -> Result<&mut dyn File> {
        if matches!(self.object, Object::Dir(_)) {
            return Err(Errno::Badf);
        }
        self.require(rights)?;
        match &mut self.object {
            Object::File(file) => Ok(&mut **file),
            Object::Dir(_) => Err(Errno::Badf),
        }
    }

    /// The directory, if it may be used so.
    pub(crate) fn as_dir(&self, rights: Rights) -> Result<&dyn Dir> {
        match &self.object {
            Object::Dir(dir) => self.require(rights).map(|()| &**dir),
            Object::File(_) => Err(Errno::NotDir),
        }
    }

    /// What its listing holds, in bytes.
    fn listing_bytes(&self) -> usize {
        self.listing.iter().map(listed_bytes).sum()
    }
}

/// What an entry of a listing holds, in bytes.
pub(crate) fn listed_bytes(entry: &DirEntry) -> usize {
    size_of::<DirEntry>() + entry.name.len()
}

/// All open descriptors of a guest.
#[derive(Default)]
pub(crate) struct Descriptors(Vec<Option<Descriptor>>);

impl Descriptors {
    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor> {
        self.0.get(fd as usize).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor> {
        self.0.get_mut(fd as usize).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    /// Whether another one may be opened.
    pub(crate) fn check_room(&self, limit: u32) -> Result<()> {
        let open = self.0.iter().flatten().count();
        if open < limit as usize { Ok(()) } else { Err(Errno::Mfile) }
    }

    /// Adds a descriptor, for which there is room.
    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Result<u32> {
        let free = self.0.iter().position(Option::is_none);
        let fd = free.unwrap_or(self.0.len());
        let number = u32::try_from(fd).map_err(|_| Errno::Mfile)?;
        match free {
            Some(fd) => self.0[fd] = Some(descriptor),
            None => self.0.push(Some(descriptor)),
        }
        Ok(number)
    }

    pub(crate) fn remove(&mut self, fd: u32) -> Result<Descriptor> {
        self.0.get_mut(fd as usize).and_then(Option::take).ok_or(Errno::Badf)
    }

    /// Makes `to` mean what `from` means; `from` is closed, and so is what `to` meant.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<()> {
        self.get(from)?;
        self.get(to)?;
        if from != to {
            let descriptor = self.remove(from)?;
            *self.get_mut(to)? = descriptor;
        }
        Ok(())
    }

    /// What all listings hold, in bytes.
    pub(crate) fn listing_bytes(&self) -> usize {
        self.0.iter().flatten().map(Descriptor::listing_bytes).sum()
    }
}
