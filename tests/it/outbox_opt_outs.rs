//! An opt-out that a provider reports is kept, wherever the process dies (`OPT-4`).

use crate::outbox_world::{says_once, tell_outside};
use crate::routing_desk::request;
use crate::support::census;
use domain::Seconds;
use domain::conversation::ReceiptStatus;
use engine::{DeliveryKey, Receipt, Source};
use sim::{Answer, Harness, Kill, Pair, Step};

/// More than it takes.
const COMMITS_MAX: u64 = 8;

/// OPT-4, L1
#[test]
fn an_opt_out_that_a_provider_reports_survives_a_crash_at_any_commit() {
    for (step, by_receipt) in [Step::BeforeCommit, Step::AfterCommitBeforeReply]
        .into_iter()
        .flat_map(|step| [(step, false), (step, true)])
    {
        for commit in 1..=COMMITS_MAX {
            tell_outside(
                |_| {},
                async |harness, provider| {
                    provider.plan(
                        move |_, _| {
                            if by_receipt { Answer::Take } else { Answer::OptedOut("twilio_21610") }
                        },
                    );
                    harness.log.kill_at(Kill { commit, step });
                    story(harness, by_receipt).await;
                    if harness.log.is_dead() {
                        assert_ne!(commit, COMMITS_MAX);
                        harness.restart(Seconds(5), None).await.unwrap();
                        // Whoever was not answered does it again.
                        story(harness, by_receipt).await;
                    }
                    harness.advance(Seconds(600)).await.unwrap();
                    let Pair { channel, requester, company } = Pair::sms(1, 0);
                    let contact = harness.engine.contact(&channel, &requester).await.unwrap().unwrap();
                    assert!(contact.consent_for(&company).opted_out, "{step:?} of commit {commit}");
                    census(harness);
                },
            );
        }
    }
}

/// Errors are part of it once the process is dead.
async fn story(harness: &Harness, by_receipt: bool) {
    let Ok(id) = says_once(harness, 1, "one").await else { return };
    if harness.engine.settle().await.is_err() || !by_receipt {
        return;
    }
    let key = DeliveryKey { source: Source::Conversation(id), version: 3, part: 0 };
    let code = Some("twilio_21610".to_owned());
    let receipt = Receipt { status: ReceiptStatus::Failed, code, opted_out: true };
    let _ = harness.engine.receipt(key, receipt, request("provider")).await;
}
