"""Texts and command names for users of Discord in French."""

from bot.i18n.command_specs import reader_commands
from tests.support.discord_rig import Rig, embed, fields, labels

RENDER_TIMEOUT = 60.0  # seconds to wait for a picture: another process has to start and load matplotlib


async def test_views_are_labelled_in_the_users_language(rig: Rig) -> None:
    """Headings, buttons, help, errors and pictures are in French around the English text."""
    zoe = rig.fake_discord.person(rig.guild, name="Zoé", locale="fr")
    used = await zoe.slash("summary", length="full")
    assert embed(used.message)["description"].startswith(
        "*Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié.*\n\n- line a, the keeper left"
    )
    assert embed(used.message)["title"] == "The dark light (1 sur 3)"
    turned = await zoe.click(used, "Page suivante")
    assert labels(turned.message) == ["Page précédente", "Page suivante"]
    help_card = embed((await zoe.slash("help")).message)
    assert help_card["title"] == "Ce que je sais faire"
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
    card = embed((await rig.ada.slash("ask", question="quand est-ce que Ada Quill a leave le lighthouse ?")).message)
    assert card["description"] == (
        "Voici la réponse, rédigée et vérifiée par des personnes, en anglais :\n\n"
        'She left it on Friday evening, and was "quite tired".'
    )
    assert card["fields"][0] == {"name": "Statut", "value": "Rapporté par l'article", "inline": False}


async def test_picks_and_buttons_are_answered_in_the_users_language(rig: Rig) -> None:
    """Without typed text the language is that of the user's Discord."""
    zoe = rig.fake_discord.person(rig.guild, name="Zoé", locale="fr")
    picked = await zoe.slash("ask", question="¶:keeper-left")
    assert fields(picked.message)["Statut"] == "Rapporté par l'article"
    pressed = await zoe.click(picked, "What is Ada Quill accused of?")
    assert fields(pressed.message)["Statut"] == "Allégué, non prouvé"
    english = await rig.ada.slash("ask", question="¶:keeper-left")
    assert fields(english.message)["Standing"] == "Reported by the article"
