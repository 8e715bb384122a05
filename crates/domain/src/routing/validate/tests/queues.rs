//! What a queue may say.

use super::*;

/// Section 17, rule 4
#[test]
fn whoever_waits_for_a_bounded_time_is_told_when_it_is_over() {
    each(&[
        (|all| support(all).max_wait_message = None, "queues.support", "max_wait_message"),
        (|all| support(all).max_wait_message = Some(" ".to_owned()), "queues.support", "max_wait_message"),
        (|all| support(all).wait_messages[1].after = Seconds(600), "queues.support", "wait_messages"),
    ]);
    all_legal(&[
        |all| support(all).wait_messages[1].after = Seconds(599),
        |all| support(all).max_wait = None,
    ]);
}

/// a maximum wait of zero means waiting for ever, which is said by setting none.
#[test]
fn a_wait_is_longer_than_nothing_and_shorter_than_a_month() {
    let month = |all: &mut Routing| support(all).max_wait = Some(Seconds(limits::WAIT_MAX_SECONDS));
    all_legal(&[month]);
    each(&[
        (|all| support(all).max_wait = Some(Seconds(2_592_001)), "queues.support", "max_wait"),
        (|all| support(all).target_wait = Some(Seconds(0)), "queues.support", "target_wait"),
        (|all| support(all).overflow_wait = Some(Seconds(0)), "queues.support", "overflow_wait"),
        (|all| support(all).relax_after = Some(Seconds(0)), "queues.support", "relax_after"),
        (|all| support(all).hold_for_affine = Seconds(2_592_001), "queues.support", "hold_for_affine"),
        (|all| support(all).reoffer_after = Seconds(2_592_001), "queues.support", "reoffer_after"),
        (
            |all| {
                support(all).wait_messages.clear();
                support(all).max_wait = Some(Seconds(0));
            },
            "queues.support",
            "max_wait",
        ),
    ]);
}

/// QT-1
#[test]
fn wait_messages_are_said_one_after_the_other() {
    each(&[
        (|all| support(all).wait_messages[1].after = Seconds(60), "queues.support", "wait_messages"),
        (|all| support(all).wait_messages[0].after = Seconds(0), "queues.support", "wait_messages"),
        (|all| support(all).wait_messages[0].text.clear(), "queues.support", "wait_messages"),
        (|all| support(all).wait_messages[0].text = "x".repeat(1601), "queues.support", "wait_messages"),
        (
            |all| {
                let say = |after| WaitMessage { after: Seconds(after), text: "Soon.".to_owned() };
                support(all).wait_messages = (1..=17).map(say).collect();
            },
            "queues.support",
            "wait_messages",
        ),
    ]);
}

/// Never silence for ever: whoever declined is asked again, or the wait has an end.
#[test]
fn a_queue_that_asks_nobody_twice_ends_the_wait() {
    all_legal(&[|all| support(all).reoffer_after = Seconds(0)]);
    each(&[(
        |all| {
            support(all).reoffer_after = Seconds(0);
            support(all).max_wait = None;
        },
        "queues.support",
        "reoffer_after",
    )]);
}

/// AR-1
#[test]
fn pools_widen_with_age() {
    all_legal(&[|all| support(all).pools.clear(), |all| support(all).pools[0].eligible_at = Seconds(0)]);
    each(&[
        (|all| support(all).pools[0].eligible_at = Seconds(91), "queues.support", "pools.eligible_at"),
        (|all| support(all).pools[0].groups.clear(), "queues.support", "pools"),
        (
            |all| {
                let pool = support(all).pools[0].clone();
                support(all).pools = vec![pool; 9];
            },
            "queues.support",
            "pools",
        ),
        (
            |all| {
                for number in 0..33 {
                    all.groups.insert(group(&number.to_string()), Group::default());
                }
                support(all).pools[2].groups = (0..33).map(|number| group(&number.to_string())).collect();
            },
            "queues.support",
            "pools.groups",
        ),
    ]);
}

/// Section 17, rule 7
#[test]
fn affinity_is_bounded_in_number_and_in_days() {
    all_legal(&[|all| support(all).affinity[0] = Affinity::Historical { days: 1 }]);
    each(&[
        (|all| support(all).affinity[0] = Affinity::Historical { days: 0 }, "queues.support", "affinity"),
        (|all| support(all).affinity[0] = Affinity::Historical { days: 31 }, "queues.support", "affinity"),
        (
            |all| support(all).affinity = vec![Affinity::Historical { days: 7 }; 4],
            "queues.support",
            "affinity",
        ),
    ]);
}

/// Q-8, SFR-2: what an item is sorted by is a field that a condition could ask for.
#[test]
fn context_fields_have_the_names_that_conditions_know() {
    for name in ["", "Priority", "a b", "and", "a == 1", "a or b", "1a", "a)", "ä", &"a".repeat(65)] {
        let named = |set: fn(&mut Queue, String)| {
            let mut routing = legal();
            set(support(&mut routing), name.to_owned());
            validate(&routing).into_iter().map(|problem| problem.key).collect::<Vec<_>>()
        };
        assert_eq!(named(|queue, name| queue.sort[0].field = name), ["sort"], "{name}");
        assert_eq!(named(|queue, name| queue.priority_field = Some(name)), ["priority_field"], "{name}");
        let affine = named(|queue, name| queue.affinity[1] = Affinity::Named { field: name });
        assert_eq!(affine, ["affinity"], "{name}");
    }
    each(&[(
        |all| {
            let rule = support(all).sort[0].clone();
            support(all).sort = vec![rule; 5];
        },
        "queues.support",
        "sort",
    )]);
}

#[test]
fn texts_caps_and_skills_of_a_queue_are_bounded() {
    each(&[
        (|all| support(all).greeting = Some(String::new()), "queues.support", "greeting"),
        (|all| support(all).refusal_message = Some("x".repeat(1601)), "queues.support", "refusal_message"),
        (|all| support(all).size_cap = Some(0), "queues.support", "size_cap"),
        (|all| support(all).skills[0].level = 11, "queues.support", "skills"),
        (
            |all| {
                let demand = support(all).skills[0].clone();
                support(all).skills = vec![demand; 33];
            },
            "queues.support",
            "skills",
        ),
    ]);
}

/// BH-4
#[test]
fn work_overflows_into_another_active_queue_of_its_service_channel() {
    each(&[
        (|all| support(all).overflow_queue = None, "queues.support", "overflow_wait"),
        (|all| support(all).overflow_queue = Some(queue("support")), "queues.support", "overflow_queue"),
        (
            |all| all.queues.get_mut(&queue("general")).unwrap().active = false,
            "queues.support",
            "overflow_queue",
        ),
        (
            |all| {
                all.queues.get_mut(&queue("general")).unwrap().service_channel = service_channel("sms");
            },
            "queues.support",
            "overflow_queue",
        ),
    ]);
}

/// BH-4: work has to arrive somewhere.
#[test]
fn no_work_overflows_in_a_circle() {
    let chain = |next: &[(&str, &str)]| {
        let mut routing = legal();
        for (from, to) in next {
            let mut one = Queue::defaults(service_channel("chat"));
            one.overflow_queue = Some(queue(to));
            routing.queues.insert(queue(from), one);
        }
        validate(&routing)
            .iter()
            .map(|problem| problem.entry.clone().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert!(chain(&[("a", "b"), ("b", "c"), ("c", "support"), ("d", "b")]).is_empty());
    assert_eq!(chain(&[("a", "b"), ("b", "c"), ("c", "b"), ("d", "b")]), ["queues.b"], "once a circle");
    assert_eq!(chain(&[("a", "b"), ("b", "a"), ("x", "y"), ("y", "x")]), ["queues.a", "queues.x"]);
}
