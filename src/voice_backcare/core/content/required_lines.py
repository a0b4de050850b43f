"""Check for the lines that every conversation needs; content without one of them is refused at the start."""

from __future__ import annotations

from collections.abc import Set

from voice_backcare.core.content import Content, ContentError

_NEEDED = """
    opening_guide opening_emergency ack_1 thanks doubt missed_silence missed_noise say_yes_or_no
    offer_keys first_question
    read_back_emergency read_back_urgent read_back_rest read_back_list is_that_right is_that_right_again
    is_that_right_keys which_one which_one_again ask_part_again call_911 cannot_dial call_911_hint
    call_911_reminder out_of_scope out_of_scope_advice call_provider_now follow_up home_care in_any_case
    provider_first call_again_1 call_again_2 provider_hint because_yes because_unsure not_sure noted
    provider_name provider_phone because_heard because_phrase because_emergency_read_back
    because_urgent_read_back outcome_hint outcome_reminder offer_rest offer_rest_again offer_home_care
    offer_home_care_again offer_say_yes is_emergency is_emergency_again confirm_withdraw_call_911
    confirm_withdraw confirm_stop confirm_start_over interrupted confirm_same_child confirm_same_child_again
    confirm_same_child_keys paused safety_net_1 safety_net_2 waiting still_waiting go_on help_question
    help_confirm help_standby help_home_care why_other why_step about_1 about_2 about_3 about_4 no_provider
    no_phone summary_start summary_so_far summary_no_injury summary_yes summary_unsure summary_no
    summary_phrase summary_pack summary_pack_untimed summary_nothing microphone_lost microphone_back
    loudspeaker_back microphone_muted microphone_quiet microphone_clipped recogniser_lost recogniser_none
    incomplete incomplete_advice goodbye idle home_care_start home_care_reminder first_step steps_left
    one_step_left last_step no_such_part
"""
NEEDED_LINES = frozenset(_NEEDED.split())


def refuse_what_lacks_lines(content: Content) -> None:
    """Raise ``ContentError``, which names the first line that is missing."""
    refuse_without(NEEDED_LINES, content, "lines.toml")


def refuse_without(needed: Set[str], content: Content, file: str) -> None:
    """Raise ``ContentError``, which names the first of the lines ``needed`` that is missing from ``file``."""
    for line_id in sorted(needed - content.lines.keys()):
        raise ContentError(f"{file}: {line_id}: is missing")
