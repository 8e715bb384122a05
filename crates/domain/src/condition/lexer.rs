//! Cuts the source of a condition into tokens, one at a time.

use super::{ConditionError, Value, limits};

/// A token. What is none becomes [`Unknown`](Self::Unknown), so that the parser can say what it would have liked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    Field(&'s str),
    Literal(Value),
    Operator(Operator),
    And,
    Or,
    Not,
    Exists,
    Open,
    Close,
    Comma,
    End,
    Unknown,
}

/// What stands between a field and its literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    Contains,
    StartsWith,
}

/// Reads tokens from the front of what is left of a source.
pub(super) struct Lexer<'s> {
    source_len: usize,
    rest: &'s str,
}

impl<'s> Lexer<'s> {
    /// Starts at the first byte.
    pub(super) const fn new(source: &'s str) -> Self {
        Self { source_len: source.len(), rest: source }
    }

    /// The next token and the column where it begins. After the last one it is [`Token::End`] again and again, and
    /// likewise at an unknown one.
    pub(super) fn token(&mut self) -> Result<(usize, Token<'s>), ConditionError> {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        let column = self.column_of(self.rest);
        let token = match self.rest.chars().next() {
            None => Token::End,
            Some('a'..='z' | '_') => self.word(column)?,
            Some('0'..='9' | '-') => self.number(column)?,
            Some('"') => self.text()?,
            Some(_) => self.symbol(),
        };
        Ok((column, token))
    }

    fn word(&mut self, column: usize) -> Result<Token<'s>, ConditionError> {
        let word = self.take_while(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '.'));
        Ok(match word {
            "and" => Token::And,
            "or" => Token::Or,
            "not" => Token::Not,
            "exists" => Token::Exists,
            "in" => Token::Operator(Operator::In),
            "contains" => Token::Operator(Operator::Contains),
            "starts_with" => Token::Operator(Operator::StartsWith),
            "true" => Token::Literal(Value::Flag(true)),
            "false" => Token::Literal(Value::Flag(false)),
            name if name.len() <= limits::FIELD_MAX => Token::Field(name),
            _ => return Err(error(column, format!("a field name of at most {} bytes", limits::FIELD_MAX))),
        })
    }

    fn number(&mut self, column: usize) -> Result<Token<'s>, ConditionError> {
        let digits_from = self.rest.strip_prefix('-').unwrap_or(self.rest);
        if !digits_from.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Token::Unknown); // A minus alone.
        }
        let number = self.take_while(|c| c == '-' || c.is_ascii_digit());
        match number.parse() {
            Ok(number) => Ok(Token::Literal(Value::Number(number))),
            Err(_) => Err(error(column, format!("a number from {} to {}", i64::MIN, i64::MAX))),
        }
    }

    fn text(&mut self) -> Result<Token<'s>, ConditionError> {
        let mut text = String::new();
        let mut chars = self.rest.chars();
        chars.next(); // The opening quote.
        loop {
            match chars.next() {
                Some('"') => break,
                Some('\\') => {
                    let column = self.column_of(chars.as_str());
                    match chars.next() {
                        Some(escaped @ ('"' | '\\')) => text.push(escaped),
                        _ => return Err(error(column, "\" or \\ after the backslash")),
                    }
                }
                Some(other) => text.push(other),
                None => return Err(error(self.source_len + 1, "a double quote that ends the text")),
            }
        }
        self.rest = chars.as_str();
        Ok(Token::Literal(Value::Text(text)))
    }

    fn symbol(&mut self) -> Token<'s> {
        // Those of two characters come first, because `<` is also the beginning of `<=`.
        let symbols = [
            ("==", Token::Operator(Operator::Equal)),
            ("!=", Token::Operator(Operator::Unequal)),
            ("<=", Token::Operator(Operator::AtMost)),
            (">=", Token::Operator(Operator::AtLeast)),
            ("<", Token::Operator(Operator::Less)),
            (">", Token::Operator(Operator::More)),
            ("(", Token::Open),
            (")", Token::Close),
            (",", Token::Comma),
        ];
        for (text, token) in symbols {
            if let Some(rest) = self.rest.strip_prefix(text) {
                self.rest = rest;
                return token;
            }
        }
        Token::Unknown
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'s str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// The column at which an end piece of the source begins.
    const fn column_of(&self, end_piece: &str) -> usize {
        self.source_len - end_piece.len() + 1
    }
}

/// An error at a column.
pub(super) fn error(column: usize, expected: impl Into<String>) -> ConditionError {
    ConditionError { column, expected: expected.into() }
}
