"""Headings, buttons and command names for users whose Discord is in French."""

from bot.i18n.command_specs import reader_commands
from tests.support.discord_rig import Rig, embed, fields, labels

DRAWING = 60.0  # seconds to wait for a picture: another process has to start and load matplotlib


async def test_a_discord_in_french_reads_with_french_around_it(rig: Rig) -> None:
    """Headings, buttons, help and fatal_errors, in the language of whoever asks or presses."""
    zoe = rig.fake_discord.person(rig.guild, name="Zoé", locale="fr")
    used = await zoe.slash("summary", length="full")
    assert embed(used.message)["description"].startswith(
        "*Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié.*\n\n- line a, the keeper left"
    )
    assert embed(used.message)["title"] == "The dark light (1 sur 3)"
    turned = await zoe.clicks(used, "Page suivante")
    assert labels(turned.message) == ["Page précédente", "Page suivante"]
    shown = embed((await zoe.slash("help")).message)
    assert shown["title"] == "Ce que je sais faire"
    refused = await zoe.slash("who", options={"name": "Napoléon"})
    assert (refused.ephemeral, (refused.message or {})["content"]) == (
        True,
        "L'article ne mentionne personne du nom de « Napoléon ».",
    )
    rig.fake_discord.patience = DRAWING
    drawn = await zoe.slash("timeline", picture="light")
    assert (drawn.message or {})["content"].startswith("La chronologie en image.")
    assert (drawn.message or {})["attachments"][0]["description"].startswith("Chronologie.")


async def test_names_come_in_french_too(rig: Rig) -> None:
    """Discord shows them to whoever uses Discord in French."""
    known = {command["name"]: command for command in rig.fake_discord.commands[None]}
    for one in reader_commands().values():
        assert known[one.name]["name_localizations"] == {"fr": one.french[0]}
        assert known[one.name]["description_localizations"] == {"fr": one.french[1]}
        options = {option["name"]: option for option in known[one.name].get("options", ())}
        assert {name: option["name_localizations"] for name, option in options.items()} == {
            option.name: {"fr": option.french[0]} for option in one.options
        }
    lengths, pictures = (known[name]["options"][0]["choices"] for name in ("summary", "timeline"))
    assert [(one["name"], one["name_localizations"]["fr"], one["value"]) for one in (*lengths, *pictures)] == [
        ("one line", "une ligne", "line"),
        ("short", "court", "short"),
        ("full", "en entier", "full"),
        ("dark", "sombre", "dark"),
        ("light", "clair", "light"),
    ]
    assert known["Answer this"]["name_localizations"] == {"fr": "Répondre à ceci"}


async def test_a_question_in_french_gets_french_around_the_answer(rig: Rig) -> None:
    """The words around it are French, and say that the answer itself is not."""
    card = embed((await rig.ada.slash("ask", question="quand est-ce que Ada Quill a leave le lighthouse ?")).message)
    assert card["description"] == (
        "Voici la réponse, rédigée et vérifiée par des personnes, en anglais :\n\n"
        'She left it on Friday evening, and was "quite tired".'
    )
    assert card["fields"][0] == {"name": "Statut", "value": "Rapporté par l'article", "inline": False}


async def test_whoever_picks_or_presses_in_french_gets_french_around_it(rig: Rig) -> None:
    """Nothing was typed, so the language is that of the person's Discord."""
    zoe = rig.fake_discord.person(rig.guild, name="Zoé", locale="fr")
    picked = await zoe.slash("ask", question="¶:keeper-left")
    assert fields(picked.message)["Statut"] == "Rapporté par l'article"
    pressed = await zoe.clicks(picked, "What is Ada Quill accused of?")
    assert fields(pressed.message)["Statut"] == "Allégué, non prouvé"
    english = await rig.ada.slash("ask", question="¶:keeper-left")
    assert fields(english.message)["Standing"] == "Reported by the article"
