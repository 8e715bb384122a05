//! Reads a condition by recursive descent and checks its types. Recursion ends at the bound of nesting.

use super::lexer::{Lexer, Operator, Token, error};
use super::{ConditionError, Kind, Node, Test, Value, limits};

type Parsed<T> = Result<T, ConditionError>;

/// A source half read: the token that comes next, where it begins, and what follows it.
struct Parser<'s> {
    lexer: Lexer<'s>,
    token: Token<'s>,
    column: usize,
    comparisons: usize,
}

/// Reads a whole source.
pub(super) fn parse(source: &str) -> Parsed<Node> {
    if source.len() > limits::SOURCE_MAX {
        return Err(error(limits::SOURCE_MAX + 1, format!("at most {} bytes", limits::SOURCE_MAX)));
    }
    let mut lexer = Lexer::new(source);
    let (column, token) = lexer.token()?;
    let mut parser = Parser { lexer, token, column, comparisons: 0 };
    let root = parser.any(0)?;
    parser.demand(&Token::End, "\"and\", \"or\" or the end")?;
    Ok(root)
}

impl Parser<'_> {
    /// Parts between `or`. `depth` counts the levels around them.
    fn any(&mut self, depth: usize) -> Parsed<Node> {
        let first = self.all(depth)?;
        if self.token != Token::Or {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take(&Token::Or)? {
            parts.push(self.all(depth)?);
        }
        Ok(Node::Any(parts))
    }

    /// Parts between `and`, which binds them closer than `or`.
    fn all(&mut self, depth: usize) -> Parsed<Node> {
        let first = self.part(depth)?;
        if self.token != Token::And {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take(&Token::And)? {
            parts.push(self.part(depth)?);
        }
        Ok(Node::All(parts))
    }

    fn part(&mut self, depth: usize) -> Parsed<Node> {
        let deepest = depth == limits::NESTING_MAX_COUNT;
        if deepest && (self.token == Token::Not || self.token == Token::Open) {
            return Err(self.wanted(format!("at most {} levels of nesting", limits::NESTING_MAX_COUNT)));
        }
        if self.take(&Token::Not)? {
            return Ok(Node::Not(Box::new(self.part(depth + 1)?)));
        }
        if self.take(&Token::Open)? {
            let inner = self.any(depth + 1)?;
            self.demand(&Token::Close, "\"and\", \"or\" or \")\"")?;
            return Ok(inner);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed<Node> {
        if self.comparisons == limits::COMPARISONS_MAX_COUNT {
            return Err(self.wanted(format!("at most {} comparisons", limits::COMPARISONS_MAX_COUNT)));
        }
        self.comparisons += 1;
        if self.take(&Token::Exists)? {
            return Ok(Node::Field { name: self.field("a field name")?, test: Test::Exists });
        }
        let name = self.field("a comparison, \"not\" or \"(\"")?;
        Ok(Node::Field { name, test: self.test()? })
    }

    /// An operator with what stands on its right.
    fn test(&mut self) -> Parsed<Test> {
        let Token::Operator(operator) = self.token else {
            return Err(self.wanted("one of == != < <= > >= in contains starts_with"));
        };
        self.advance()?;
        Ok(match operator {
            Operator::Equal => Test::Equal(self.literal(None)?),
            Operator::Unequal => Test::Unequal(self.literal(None)?),
            Operator::Less => Test::Less(self.number()?),
            Operator::AtMost => Test::AtMost(self.number()?),
            Operator::More => Test::More(self.number()?),
            Operator::AtLeast => Test::AtLeast(self.number()?),
            Operator::In => Test::OneOf(self.list()?),
            Operator::Contains => Test::Contains(self.text()?),
            Operator::StartsWith => Test::StartsWith(self.text()?),
        })
    }

    fn list(&mut self) -> Parsed<Vec<Value>> {
        self.demand(&Token::Open, "\"(\" and the items of the list")?;
        let first = self.literal(None)?;
        let kind = first.kind();
        let mut items = vec![first];
        while self.take(&Token::Comma)? {
            if items.len() == limits::LIST_MAX_COUNT {
                return Err(self.wanted(format!("at most {} items", limits::LIST_MAX_COUNT)));
            }
            items.push(self.literal(Some(kind))?);
        }
        self.demand(&Token::Close, "\",\" or \")\"")?;
        Ok(items)
    }

    /// A literal of the given type, or of any.
    fn literal(&mut self, kind: Option<Kind>) -> Parsed<Value> {
        let expected = kind.map_or("a text in double quotes, a number, true or false", Kind::wanted);
        let Token::Literal(value) = &self.token else {
            return Err(self.wanted(expected));
        };
        if kind.is_some_and(|kind| kind != value.kind()) {
            return Err(self.wanted(expected));
        }
        let value = value.clone();
        self.advance()?;
        Ok(value)
    }

    fn number(&mut self) -> Parsed<i64> {
        let Token::Literal(Value::Number(number)) = self.token else {
            return Err(self.wanted(Kind::Number.wanted()));
        };
        self.advance()?;
        Ok(number)
    }

    fn text(&mut self) -> Parsed<String> {
        let Token::Literal(Value::Text(text)) = &self.token else {
            return Err(self.wanted(Kind::Text.wanted()));
        };
        let text = text.clone();
        self.advance()?;
        Ok(text)
    }

    fn field(&mut self, expected: &str) -> Parsed<String> {
        let Token::Field(name) = self.token else {
            return Err(self.wanted(expected));
        };
        self.advance()?;
        Ok(name.to_owned())
    }

    fn take(&mut self, wanted: &Token<'_>) -> Parsed<bool> {
        let there = self.token == *wanted;
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    fn demand(&mut self, wanted: &Token<'_>, expected: &str) -> Parsed<()> {
        if self.take(wanted)? { Ok(()) } else { Err(self.wanted(expected)) }
    }

    fn advance(&mut self) -> Parsed<()> {
        (self.column, self.token) = self.lexer.token()?;
        Ok(())
    }

    /// The error that something else should stand here.
    fn wanted(&self, expected: impl Into<String>) -> ConditionError {
        error(self.column, expected)
    }
}
