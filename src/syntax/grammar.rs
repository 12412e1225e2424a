//! The one pest parser, its one `Rule`, and what a rule is called before a reader.

use pest::{Parser, error::Error, iterators::Pairs};
use pest_derive::Parser;

use super::ast::Version;

// The derive makes an undocumented public `Rule`; the module keeps it from the crate's interface.
#[derive(Parser)]
#[grammar = "../grammar/base.pest"]
#[grammar = "../grammar/expression.pest"]
#[grammar = "../grammar/strings.pest"]
#[grammar = "../grammar/command.pest"]
#[grammar = "../grammar/sections.pest"]
#[grammar = "../grammar/workflow.pest"]
#[grammar = "../grammar/draft2.pest"]
#[grammar = "../grammar/v1.pest"]
struct WdlParser;

/// Reads a document as pest's pairs: the inside of the document's rule.
pub(super) fn read(version: Version, text: &str) -> Result<Pairs<'_, Rule>, Box<Error<Rule>>> {
    let entry = if version == Version::Draft2 { Rule::document_draft2 } else { Rule::document_v1 };
    let mut pairs = WdlParser::parse(entry, text).map_err(Box::new)?;
    Ok(pairs.next().expect("a document is one pair").into_inner())
}

impl Rule {
    /// Punctuation and keywords: they shape a match but mean nothing beyond that.
    pub(super) fn is_scaffold(self) -> bool {
        matches!(
            self,
            Self::EOI
                | Self::open_brace
                | Self::close_brace
                | Self::open_bracket
                | Self::close_bracket
                | Self::open_paren
                | Self::close_paren
                | Self::colon
                | Self::comma
                | Self::dot
                | Self::equals
                | Self::double_quote_end
                | Self::single_quote_end
                | Self::heredoc_end
                | Self::command_end
                | Self::placeholder_end
        ) || self.is_keyword()
    }
}
