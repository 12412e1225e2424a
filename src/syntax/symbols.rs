//! What a rule is called before a reader.

use super::grammar::Rule;

impl Rule {
    /// In words, for "expected …"; `None` for what would only be noise there (the inside of a string, say).
    ///
    /// Exhaustive, so that no rule comes without a readable name.
    #[expect(clippy::too_many_lines, reason = "a flat table")]
    pub(super) fn symbol(self) -> Option<&'static str> {
        Some(match self {
            Self::EOI => "the end of the file",
            Self::open_brace | Self::brace_command | Self::call_body => "`{`",
            Self::close_brace | Self::command_end | Self::placeholder_end => "`}`",
            Self::open_bracket | Self::type_parameters => "`[`",
            Self::close_bracket => "`]`",
            Self::open_paren => "`(`",
            Self::close_paren => "`)`",
            Self::colon => "`:`",
            Self::comma => "`,`",
            Self::dot => "`.`",
            Self::star => "`*`",
            Self::equals => "`=`",
            Self::heredoc_command => "`<<<`",
            Self::heredoc_end => "`>>>`",
            Self::double_quote_end => "the closing `\"`",
            Self::single_quote_end => "the closing `'`",
            Self::infix | Self::prefix | Self::postfix | Self::member | Self::index | Self::arguments | Self::member_list => "an operator",
            Self::expression
            | Self::primary
            | Self::named
            | Self::boolean
            | Self::number
            | Self::if_expression
            | Self::array_literal
            | Self::parentheses
            | Self::brace_literal
            | Self::task_variable
            | Self::multiline_string => "an expression",
            Self::string | Self::double_quoted | Self::single_quoted | Self::meta_string | Self::meta_multiline => "a string",
            Self::name => "a name",
            Self::word => "a word",
            Self::bare_key | Self::hint_key | Self::brace_entry | Self::object_member | Self::meta_entry => "a key",
            Self::version_statement => "a version statement",
            Self::version_number => "a version",
            Self::type_expr | Self::type_name => "a type",
            Self::quantifier => "`?` or `+`",
            Self::declaration => "a declaration",
            Self::command_section | Self::kw_command => "`command`",
            Self::document_draft2 | Self::document_v1 => "a definition such as `task`",
            Self::task_draft2 | Self::task_v1 | Self::kw_task => "`task`",
            Self::workflow_draft2 | Self::workflow_v1 | Self::kw_workflow => "`workflow`",
            Self::statement | Self::call_statement | Self::scatter_statement | Self::if_statement => "a statement",
            Self::body => "a body in braces",
            Self::input_section | Self::kw_input => "`input`",
            Self::task_output_section | Self::workflow_output_section | Self::kw_output => "`output`",
            Self::runtime_section | Self::kw_runtime => "`runtime`",
            Self::requirements_section | Self::kw_requirements => "`requirements`",
            Self::hints_section | Self::kw_hints => "`hints`",
            Self::meta_section | Self::kw_meta => "`meta`",
            Self::parameter_meta_section | Self::kw_parameter_meta => "`parameter_meta`",
            Self::output_reference => "an output",
            Self::attribute | Self::hint => "an attribute",
            Self::scoped_hints | Self::scope_word => "a section of hints",
            Self::meta_object | Self::meta_array | Self::meta_null | Self::meta_number => "a value",
            Self::import | Self::kw_import => "`import`",
            Self::import_name | Self::call_alias | Self::kw_as => "`as`",
            Self::import_alias | Self::kw_alias => "`alias`",
            Self::struct_definition | Self::kw_struct => "`struct`",
            Self::enum_definition | Self::kw_enum => "`enum`",
            Self::enum_choice => "a choice",
            Self::call_target => "a task or workflow to call",
            Self::call_after | Self::kw_after => "`after`",
            Self::call_input => "an input",
            Self::else_branch | Self::kw_else => "`else`",
            Self::option_value => "the value of the option",
            Self::kw_call => "`call`",
            Self::kw_if => "`if`",
            Self::kw_in => "`in`",
            Self::kw_scatter => "`scatter`",
            Self::kw_then => "`then`",
            Self::kw_version => "`version`",
            Self::ws
            | Self::comment
            | Self::word_char
            | Self::structural_word
            | Self::builtin_type
            | Self::draft2_item
            | Self::task_part
            | Self::workflow_part
            | Self::operand
            | Self::exponent
            | Self::attributes
            | Self::hint_list
            | Self::placeholder_body
            | Self::v1_item
            | Self::v1_task_part
            | Self::v1_workflow_part
            | Self::meta_value
            | Self::condition
            | Self::brace_text
            | Self::brace_escape
            | Self::heredoc_text
            | Self::heredoc_escape
            | Self::other_opener
            | Self::double_text
            | Self::single_text
            | Self::escape
            | Self::tilde_text
            | Self::multiline_text
            | Self::continuation
            | Self::meta_double_text
            | Self::meta_single_text
            | Self::meta_multiline_text
            | Self::placeholder
            | Self::heredoc_placeholder
            | Self::env_mark
            | Self::option_name
            | Self::placeholder_option => return None,
        })
    }

    /// The rules `kw_…`.
    pub(super) fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::kw_after
                | Self::kw_alias
                | Self::kw_as
                | Self::kw_call
                | Self::kw_command
                | Self::kw_else
                | Self::kw_enum
                | Self::kw_hints
                | Self::kw_if
                | Self::kw_import
                | Self::kw_in
                | Self::kw_input
                | Self::kw_meta
                | Self::kw_output
                | Self::kw_parameter_meta
                | Self::kw_requirements
                | Self::kw_runtime
                | Self::kw_scatter
                | Self::kw_struct
                | Self::kw_task
                | Self::kw_then
                | Self::kw_version
                | Self::kw_workflow
        )
    }
}
