//! Events, as they come in.

use insula_model::policy::action::EventIngest;
use insula_model::{
    Error, Event, EventBatch, EventProblem, EventReceipt, EventRejection, FieldError, Result, problem,
};
use insula_store::{Insertion, Permit, Tenant};

use crate::Platform;

/// How many of the events of a batch that was refused as a whole are named.
const NAMED: usize = 100;

impl Platform {
    /// Takes a batch of events in. Events that are wrong are listed and hold up no others; events that are there
    /// already are counted and change nothing; datasets, measures and dimensions that are not known are learnt.
    ///
    /// # Errors
    /// `events.none_accepted` when every event is wrong, with the first 100 of them.
    pub async fn event_ingest(&self, tenant: &Tenant<'_>, batch: EventBatch) -> Result<EventReceipt> {
        let permit = tenant.authorize::<EventIngest>()?;
        let now = self.world().now();
        let mut places: Vec<usize> = Vec::with_capacity(batch.events.len());
        let mut events: Vec<Event> = Vec::with_capacity(batch.events.len());
        let mut rejected: Vec<EventRejection> = Vec::new();
        for (index, event) in batch.events.into_iter().enumerate() {
            match event.and_then(|event| event.check(now)) {
                Ok(event) => {
                    places.push(index);
                    events.push(event);
                }
                Err(why) => rejected.push(rejection(index, why)),
            }
        }
        if events.is_empty() {
            return Err(none(&rejected));
        }
        match self.store_events(&permit, &events, &places, &rejected, Insertion::Hopeful).await {
            Err(error) if error.is(problem::EVENTS_RACE) => {
                self.store_events(&permit, &events, &places, &rejected, Insertion::Careful).await
            }
            other => other,
        }
    }

    /// `places` are those of the events in the batch; `rejected` are the others.
    async fn store_events(
        &self,
        permit: &Permit<'_, EventIngest>,
        events: &[Event],
        places: &[usize],
        rejected: &[EventRejection],
        insertion: Insertion,
    ) -> Result<EventReceipt> {
        let tx = self.store().begin(permit).await?;
        let receipt = self.once(tx, async |tx| {
            let ingested = tx.events().ingest(permit, events, insertion, self.world()).await?;
            if ingested.hint {
                self.store().outbox_hint(permit.tenant().id).await?;
            }
            let more = ingested.rejected.into_iter().map(|(index, why)| rejection(places[index], why));
            let mut rejected: Vec<EventRejection> = rejected.iter().cloned().chain(more).collect();
            rejected.sort_by_key(|r| r.index);
            if ingested.accepted + ingested.duplicates == 0 {
                return Err(none(&rejected));
            }
            Ok(EventReceipt { accepted: ingested.accepted, duplicates: ingested.duplicates, rejected })
        });
        Ok(receipt.await?.reply())
    }
}

fn rejection(index: usize, why: EventProblem) -> EventRejection {
    EventRejection { index, code: why.code, detail: why.detail }
}

fn none(rejected: &[EventRejection]) -> Error {
    let first = rejected.first().map_or("", |r| r.detail.as_str());
    let detail = format!("Not one of the {} events can be taken. The first: {first}", rejected.len());
    let fields = rejected
        .iter()
        .take(NAMED)
        .map(|r| FieldError::new(format!("/events/{}", r.index), &r.code, &r.detail));
    Error::new(problem::EVENTS_NONE_ACCEPTED, detail).with_fields(fields)
}
