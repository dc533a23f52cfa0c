"""Texts and command names for users of Discord in French."""

from bot.i18n.command_specs import reader_commands
from tests.support.discord_rig import Rig, labels, text

P1 = "[¶1](<https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.>)"
RENDER_TIMEOUT = 60.0  # seconds to wait for a picture: another process has to start and load matplotlib


async def test_views_are_labelled_in_the_users_language(rig: Rig) -> None:
    """Headings, buttons, help, errors and pictures are in French around the English text."""
    zoe = rig.fake_discord.person(rig.guild, name="Zoé", locale="fr")
    used = await zoe.slash("summary", length="full")
    assert text(used.message).startswith(
        "**The dark light (1 sur 4)**\n"
        "-# Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié.\n"
        "- line a, the keeper left"
    )
    turned = await zoe.click(used, "Suivant")
    assert labels(turned.message) == ["Retour", "Suivant", "Plus court", "Chronologie", "Ce qui est allégué"]
    claims = await zoe.slash("claims")
    assert [line.split(" :**")[0] for line in text(claims.message).split("\n")[3:]] == ["> **Démenti", "> **Constaté"]
    assert text((await zoe.slash("help")).message).startswith("**Ce que je sais faire**\n")
    refused = await zoe.slash("who", options={"name": "Napoléon"})
    assert (refused.ephemeral, (refused.message or {})["content"]) == (
        True,
        "L'article ne mentionne personne du nom de « Napoléon ».",
    )
    rig.fake_discord.patience = RENDER_TIMEOUT
    picture = await zoe.slash("timeline", picture="light")
    assert (picture.message or {})["content"].startswith("La chronologie en image.")
    assert (picture.message or {})["attachments"][0]["description"].startswith("Chronologie.")


async def test_command_names_are_localized(rig: Rig) -> None:
    """Discord shows the French names to users of Discord in French."""
    registered = {command["name"]: command for command in rig.fake_discord.commands[None]}
    for command in reader_commands().values():
        assert registered[command.name]["name_localizations"] == {"fr": command.french[0]}
        assert registered[command.name]["description_localizations"] == {"fr": command.french[1]}
        options = {option["name"]: option for option in registered[command.name].get("options", ())}
        assert {name: option["name_localizations"] for name, option in options.items()} == {
            option.name: {"fr": option.french[0]} for option in command.options
        }
    lengths, pictures = (registered[name]["options"][0]["choices"] for name in ("summary", "timeline"))
    assert [
        (choice["name"], choice["name_localizations"]["fr"], choice["value"]) for choice in (*lengths, *pictures)
    ] == [
        ("one line", "une ligne", "line"),
        ("short", "court", "short"),
        ("full", "en entier", "full"),
        ("dark", "sombre", "dark"),
        ("light", "clair", "light"),
    ]
    assert registered["Answer this"]["name_localizations"] == {"fr": "Répondre à ceci"}


async def test_a_question_in_french_gets_a_card_in_french(rig: Rig) -> None:
    """The card says that the answer itself is in English."""
    asked = await rig.ada.slash("ask", question="quand est-ce que Ada Quill a leave le lighthouse ?")
    assert text(asked.message).split("\n") == [
        'She left it on Friday evening, and was "quite tired".',
        f"-# Rapporté · The Quay {P1}",
        "-# Question : quand est-ce que Ada Quill a leave le lighthouse ?",
        "-# La réponse est en anglais, telle que des personnes l'ont rédigée et vérifiée.",
    ]


async def test_picks_and_buttons_are_answered_in_the_users_language(rig: Rig) -> None:
    """Without typed text the language is that of the user's Discord."""
    zoe = rig.fake_discord.person(rig.guild, name="Zoé", locale="fr")
    picked = await zoe.slash("ask", question="¶:keeper-left")
    assert f"-# Rapporté · The Quay {P1}" in text(picked.message).split("\n")
    pressed = await zoe.click(picked, "What is Ada Quill accused of?")
    assert "-# `Allégué, non prouvé`" in text(pressed.message)
    english = await rig.ada.slash("ask", question="¶:keeper-left")
    assert f"-# Reported · The Quay {P1}" in text(english.message).split("\n")
