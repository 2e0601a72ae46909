"""Every row of the threat model of the tool itself has a defence that is tested: which, this table says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

THREATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "T1 inflate bomb": ("inflated octets and their ratio are bounded while inflating", (
        "capture/test_hostile.py::test_a_bomb_costs_no_more_memory_than_the_cap",
        "hostile/test_costs.py::test_a_hostile_paste_costs_little_and_holds_nothing")),
    "T2 entities": ("a document type is refused before it is read", (
        "xmldoc/test_parse.py::test_billion_laughs_cost_nothing",
        "hostile/test_files_and_network.py::test_a_document_type_is_refused_before_it_is_read")),
    "T3 size, depth, width": ("octets, nodes, depth, attributes and declarations are counted before a tree exists", (
        "xmldoc/test_parse.py::test_limits_hold_exactly", "hostile/test_costs.py::test_the_largest_documents_cost_little")),
    "T4 cost of canonicalisation": ("the cost is estimated before it arises; hypotheses have budgets", (
        "xmldoc/test_parse.py::test_what_is_within_the_limits_is_canonicalised_in_bounded_time",
        "trust/test_engine.py::test_the_largest_messages_end_in_two_seconds",
        "hostile/test_costs.py::test_the_largest_documents_cost_little")),
    "T5 recursion": ("depth is counted by us; nothing but our own errors leaves", (
        "hostile/test_costs.py::test_a_hostile_paste_costs_little_and_holds_nothing",
        "fuzz/test_fuzz.py::test_mutated_messages_break_no_promise")),
    "T6 terminal escapes": ("one gate for every foreign string, and once more for every line", (
        "report/test_visible.py::test_nothing_that_acts_or_hides_survives",
        "hostile/test_rendering.py::test_no_value_of_a_message_acts_in_any_format",
        "hostile/test_rendering.py::test_no_name_of_an_element_acts_in_any_format")),
    "T7 markup of the terminal library": ("values are appended as text, markup, emoji and highlighting are off", (
        "hostile/test_rendering.py::test_a_terminal_gets_nothing_but_our_own_colours",)),
    "T8 HTML report": ("a library writes and escapes it; no scripts, no links, a policy that runs and loads nothing", (
        "hostile/test_rendering.py::test_each_format_of_the_command_stays_what_it_is",
        "report/test_html.py::test_a_browser_shows_the_page_and_runs_nothing")),
    "T9 other formats": ("each is written by a library or an escaper of its own, and read back", (
        "hostile/test_rendering.py::test_each_format_of_the_command_stays_what_it_is",
        "report/test_formats.py::test_no_character_that_acts_gets_out")),
    "T10 secrets in reports": ("values are slots that renderers mask; errors carry codes", (
        "hostile/test_secrets.py::test_personal_values_leave_no_report_unmasked",
        "hostile/test_secrets.py::test_decode_masks_them_too", "hostile/test_secrets.py::test_a_crash_says_where_and_never_what")),
    "T11 redaction": ("what was removed is searched for in every spelling before a copy is written", (
        "redact/test_canaries.py",)),
    "T12 zip containers": ("members are read in memory by name; odd archives are refused", ("capture/test_archives.py",)),
    "T13 YAML packs": ("no tags, aliases, anchors or merges; size and depth are bounded; no hidden characters", (
        "packs/test_yamldoc.py::test_what_packs_do_without_is_refused_where_it_stands",
        "packs/test_yamldoc.py::test_an_alias_bomb_is_refused_before_it_grows",
        "hostile/test_rendering.py::test_a_hostile_pack_is_shown_inert",
        "hostile/test_packs.py::test_a_pack_of_the_largest_size_costs_little")),
    "T14 patterns of packs": ("a linear-time engine over bounded text", (
        "hostile/test_packs.py::test_a_pattern_that_explodes_elsewhere_is_quick",)),
    "T15 network": ("nothing connects; the whole suite runs under a guard", (
        "engine/test_properties.py::test_the_suite_runs_under_a_socket_guard",
        "hostile/test_files_and_network.py::test_no_message_makes_the_program_open_anything")),
    "T16 files read by XML": ("the gate refuses what refers elsewhere; the engine has no way to files", (
        "hostile/test_files_and_network.py::test_no_message_has_the_content_of_a_file",
        "trust/test_engine.py::test_the_first_engine_alone_would_take_a_file_for_content_and_cannot_here")),
    "T17 private keys": ("from files and variables only, never quoted", (
        "hostile/test_secrets.py::test_no_option_takes_a_secret_itself",
        "hostile/test_secrets.py::test_a_key_that_cannot_be_read_is_not_quoted",
        "hostile/test_secrets.py::test_a_key_that_others_can_read_is_remarked_upon")),
    "T18 decryption oracle": ("every failure reads the same", (
        "hostile/test_secrets.py::test_every_fault_of_decryption_reads_the_same",
        "trust/test_decryption.py::test_every_failure_to_decrypt_is_the_same_failure")),
    "T19 files written": ("whole or not at all, never through links or over inputs, nothing unasked", (
        "hostile/test_writing.py::test_a_failing_write_leaves_the_old_file_and_no_remains",
        "hostile/test_writing.py::test_an_output_is_never_written_through_or_over",
        "hostile/test_writing.py::test_no_command_writes_a_file_unasked")),
    "T20 clipboard": ("read on request, never written", (
        "hostile/test_writing.py::test_the_clipboard_is_read_on_request_alone_and_never_written",)),
    "T21 spoofed verdicts": ("values stand behind labels; a line break in a value is visible", (
        "hostile/test_rendering.py::test_a_value_never_begins_a_line_of_the_report",)),
    "T22 crash as pass": ("a rule that breaks withholds acceptance; anything else ends with 70 and no verdict", (
        "hostile/test_faults.py::test_whichever_rule_breaks_it_is_never_a_pass",
        "hostile/test_faults.py::test_a_named_check_that_breaks_is_never_a_pass",
        "hostile/test_faults.py::test_a_stage_that_breaks_ends_with_70_or_without_acceptance",
        "hostile/test_faults.py::test_no_security_check_is_an_assertion")),
    "T23 libraries that do not fit": ("the engine is loaded late; without it nothing is verified", (
        "hostile/test_faults.py::test_an_engine_that_does_not_load_verifies_nothing",
        "trust/test_engine.py::test_without_xmlsec_nothing_is_valid_and_the_rest_works")),
    "T24 dependencies": ("floors are declared; python3-saml is loaded for a second opinion alone", (
        "hostile/test_dependencies.py::test_every_dependency_has_a_floor",
        "hostile/test_dependencies.py::test_the_second_opinion_alone_loads_the_other_library")),
    "T25 pages that reach the local page": (
        "it answers on 127.0.0.1, by its own name, at an address that nobody can guess, to its own form", (
        "web/test_guard.py::test_everything_else_is_refused", "web/test_server.py::test_nobody_else_is_answered",
        "web/test_server.py::test_it_listens_on_this_machine_alone")),
    "T26 clients of the local page": (
        "what they send, how long they take and how many they are is bounded; nothing is kept or logged", (
        "web/test_server.py::test_a_slow_or_strange_client_is_let_go",
        "web/test_server.py::test_too_many_at_once_have_to_come_again",
        "web/test_server.py::test_nothing_is_written_or_logged",
        "web/test_server.py::test_values_are_masked_unless_they_are_asked_for_and_never_become_markup")),
}  # fmt: skip
"""Row of the threat model: the defence, and the tests that would fail without it."""


@cache
def _tests_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("threat", THREATS)
def test_the_defence_is_tested(threat: str) -> None:
    _, tests = THREATS[threat]
    for test in tests:
        file, _, function = test.partition("::")
        assert (TESTS / file).exists(), file
        assert not function or function in _tests_in(TESTS / file), test


def test_the_page_on_security_says_the_same() -> None:
    page = (TESTS.parent / "docs" / "security.md").read_text()
    assert [row for row in page.splitlines() if re.match(r"\| T\d", row)] == [
        f"| {threat} | {defence} |" for threat, (defence, _) in THREATS.items()
    ]
