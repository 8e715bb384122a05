//! Query parameters: known ones only, each at most once. A misspelt filter that is dropped in silence shows the wrong
//! list.

use crate::failure::Failure;
use actix_web::HttpRequest;
use actix_web::web::Query;
use api::{FieldError, ProblemCode};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The parameters of a request.
#[derive(Debug)]
pub(crate) struct Params(BTreeMap<&'static str, String>);

impl Params {
    /// Takes the parameters if all of them are known.
    pub(crate) fn read(request: &HttpRequest, known: &'static [&'static str]) -> Result<Self, Failure> {
        Self::parse(request.query_string(), known)
    }

    /// Takes the parameters of a query, as it stands behind the question mark.
    pub(crate) fn parse(query: &str, known: &'static [&'static str]) -> Result<Self, Failure> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|_| Failure::new(ProblemCode::InvalidQuery, "the query is not of the form `a=b&c=d`"))?;
        let mut params = BTreeMap::new();
        for (name, value) in pairs.into_inner() {
            // The name is not repeated: it may hold anything (P1).
            let Some(name) = known.iter().find(|known| **known == name) else {
                let detail = format!("a parameter is not known; this route has {}", known.join(", "));
                return Err(Failure::new(ProblemCode::InvalidQuery, detail));
            };
            if params.insert(*name, value).is_some() {
                return Err(invalid(name, "is there twice"));
            }
        }
        Ok(Self(params))
    }

    /// A parameter that `parse` understands.
    pub(crate) fn get<T>(
        &self,
        name: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match self.0.get(name) {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(invalid(name, &format!("must be {expected}"))),
            },
        }
    }

    /// A number within bounds, or its default.
    pub(crate) fn number<T: FromStr + PartialOrd + std::fmt::Display>(
        &self,
        name: &'static str,
        bounds: RangeInclusive<T>,
        default: T,
    ) -> Result<T, Failure> {
        let expected = format!("a number from {} to {}", bounds.start(), bounds.end());
        let number = self.get(name, &expected, |text| text.parse().ok().filter(|n| bounds.contains(n)))?;
        Ok(number.unwrap_or(default))
    }
}

/// The first `limit` rows of what there is, and the cursor for the next page if there are more: the last row's `name`.
pub(crate) fn page<T>(
    rows: impl Iterator<Item = T>,
    limit: usize,
    name: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let mut rows: Vec<T> = rows.take(limit + 1).collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(name);
    (rows, next)
}

fn invalid(name: &str, what: &str) -> Failure {
    let error = FieldError { field: name.to_owned(), detail: what.to_owned() };
    Failure::new(ProblemCode::InvalidQuery, format!("`{name}` {what}")).with_error(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(query: &str) -> Result<Params, Failure> {
        let request = TestRequest::get().uri(&format!("/?{query}")).to_http_request();
        Params::read(&request, &["after", "limit"])
    }

    #[test]
    fn an_unknown_or_repeated_parameter_is_refused_and_not_repeated() {
        for query in ["aftr=1", "after=1&after=2", "%2B12025550123"] {
            let failure = read(query).unwrap_err();
            assert_eq!(failure.code(), ProblemCode::InvalidQuery);
            assert!(!failure.to_string().contains("+1202"));
        }
        assert!(read("").is_ok());
    }

    /// X1
    #[test]
    fn a_number_has_bounds_and_a_default() {
        let limit = |query| read(query).unwrap().number("limit", 1..=1000_usize, 100);
        assert_eq!(limit("after=3").unwrap(), 100);
        assert_eq!(limit("limit=1000").unwrap(), 1000);
        for illegal in ["limit=0", "limit=1001", "limit=-1", "limit=ten", "limit="] {
            assert_eq!(limit(illegal).unwrap_err().code(), ProblemCode::InvalidQuery, "{illegal}");
        }
    }

    #[test]
    fn a_page_names_its_last_row_if_there_are_more() {
        let names = |limit| page(["a", "b", "c"].into_iter(), limit, |name| (*name).to_owned());
        assert_eq!(names(2), (vec!["a", "b"], Some("b".to_owned())));
        assert_eq!(names(3), (vec!["a", "b", "c"], None));
        assert_eq!(page(std::iter::empty::<&str>(), 1, |name| (*name).to_owned()), (Vec::new(), None));
    }
}
