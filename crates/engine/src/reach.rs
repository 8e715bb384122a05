//! How requesters are reached outside of windows: their devices, which of them are in use, and when they want digests
//! (`MSG-11` to `MSG-13`).

use crate::shared::Shared;
use crate::{Cursor, Engine, Error, Request, Requester, load};
use domain::ContactId;
use domain::contact::{Contact, ContactCommand, Device, DeviceId, DigestWish, Reach};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a requester is reached.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Their devices, in the order of registration.
    pub devices: Vec<Device>,
    /// When they want digests.
    pub digest: DigestWish,
}

/// The devices that are in use: known to this life of the process alone. Each entry is a connection.
#[derive(Default)]
pub(crate) struct InUse(Mutex<BTreeMap<ContactId, BTreeMap<DeviceId, usize>>>);

/// A device is in use for as long as this lives.
pub struct DeviceInUse {
    shared: Arc<Shared>,
    contact: ContactId,
    device: DeviceId,
}

impl InUse {
    /// Those of a contact.
    pub(crate) fn of(&self, contact: ContactId) -> Vec<DeviceId> {
        self.all().get(&contact).into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<ContactId, BTreeMap<DeviceId, usize>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for DeviceInUse {
    fn drop(&mut self) {
        let mut all = self.shared.in_use.all();
        let Some(devices) = all.get_mut(&self.contact) else { return };
        if let Some(count) = devices.get_mut(&self.device) {
            *count = count.saturating_sub(1);
        }
        devices.retain(|_, count| *count > 0);
        if devices.is_empty() {
            all.remove(&self.contact);
        }
    }
}

impl Engine {
    /// Says that a device is in use, so that nothing is pushed to it, until what this gives is dropped.
    pub fn device_in_use(&self, contact: ContactId, device: DeviceId) -> DeviceInUse {
        let shared = Arc::clone(self.shared());
        *shared.in_use.all().entry(contact).or_default().entry(device.clone()).or_default() += 1;
        DeviceInUse { shared, contact, device }
    }

    /// A requester came with a token of their own, which is not a guest's (`MSG-13`).
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], or what is wrong with the store; likewise below.
    pub async fn sign_in(&self, requester: &Requester, request: &Request) -> Result<Cursor, Error> {
        let Requester { channel, address } = requester.clone();
        self.reach_of(requester, Reach::SignIn { channel, address }, request).await
    }

    /// Registers a device, or says something else of one (`MSG-11`).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn register_device(
        &self,
        requester: &Requester,
        device: Device,
        request: &Request,
    ) -> Result<Cursor, Error> {
        let Requester { channel, address } = requester.clone();
        self.reach_of(requester, Reach::Register { channel, address, device }, request).await
    }

    /// Removes a device; one that is not there is gone already.
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn remove_device(
        &self,
        requester: &Requester,
        device: DeviceId,
        request: &Request,
    ) -> Result<Cursor, Error> {
        self.reach_of(requester, Reach::Remove { device }, request).await
    }

    /// Says when somebody wants digests (`MSG-13`).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn wish_digest(
        &self,
        requester: &Requester,
        wish: DigestWish,
        request: &Request,
    ) -> Result<Cursor, Error> {
        let Requester { channel, address } = requester.clone();
        self.reach_of(requester, Reach::Wish { channel, address, wish }, request).await
    }

    /// How a requester is reached; one who was never seen is not.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn reached(&self, requester: &Requester) -> Result<Reached, Error> {
        let contact = self.contact_id(requester);
        let loaded = self.shared().reading(move |log| load::contact(log, contact)).await?;
        let reached = |Contact { devices, digest, .. }| Reached { devices, digest };
        Ok(loaded.state.map(reached).unwrap_or_default())
    }

    async fn reach_of(&self, whom: &Requester, reach: Reach, request: &Request) -> Result<Cursor, Error> {
        self.known_channel(&whom.channel)?;
        let contact = self.contact_id(whom);
        Ok(self.ask_contact(contact, &ContactCommand::Reach(reach), request).await?.1)
    }
}
