"""What the first person of the demo has besides: the last days with photos, moods and stars, this day in earlier years, a draft."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.cli.demo import invented
from app.cli.demo.pictures import landscape
from app.database.transactions import writing
from app.extensions import db
from app.models import User
from app.operations import attachments, drafts, entries
from app.operations.drafts import Typed
from app.operations.entries import EntryInput
from app.queries.calendar import years_before
from app.storage import blobs
from app.text.attachments import reference
from app.text.places import Place

ARABIC = "مشينا إلى الميناء في المساء. كان البحر هادئا، ولم يهتم أحد بالمطر.\n\nقالت ليلى إن الضوء فوق الماء يشبه الموسيقى."
RUSSIAN = (
    "Дошли до маяка. Ветер такой, что пришлось держаться за перила, и чайки летели задом наперёд.\n\nНа обратном пути говорили о зиме."
)
CHINESE = "我们走到港口，没有人在意下雨。海面很平静，孩子们在喂海鸥。\n\n晚上煮了一锅粥。"
HALF_A_LIFE = "Ten years ago to the day I moved here with two suitcases. One of them is still not unpacked"


@dataclass(frozen=True)
class Scene:
    """An entry of the demo; `days` and `years` say how long before today it is."""

    body: str
    days: int = 0
    years: int = 0
    at: time | None = None
    title: str = ""
    tags: tuple[str, ...] = ()
    photos: tuple[int, ...] = ()
    mood: str = ""
    place: str = ""
    is_starred: bool = False


SCENES = (
    Scene(
        invented.text("ferry"),
        1,
        at=time(13, 9),
        tags=("sea", "ferry"),
        photos=(1,),
        mood="calm",
        place="Cais do Sodré, Lisbon",
        is_starred=True,
    ),
    Scene("Rain on the skylight, the good kind. Read until the tea was cold.", 1, at=time(18, 40), mood="tired"),
    Scene("", 2, at=time(9, 15), tags=("sea",), photos=(2, 3, 5)),
    Scene(
        invented.text("market"),
        3,
        at=time(11, 20),
        title="A chair",
        tags=("market",),
        photos=(6,),
        mood="pleased",
        place="Campo de Ourique, Lisbon",
    ),
    Scene("", 5, at=time(7, 2), photos=(4,)),
    Scene(ARABIC, 6, at=time(20, 5), title="رحلة إلى الميناء", tags=("بحر",)),
    Scene(RUSSIAN, 8, at=time(21, 30), title="Прогулка к маяку", tags=("прогулка", "sea"), photos=(7,)),
    Scene(CHINESE, 9, at=time(19, 0), tags=("海",)),
    Scene(
        "The lights came on one by one while we ate on the pier. T. dropped her spoon into the sea; nobody went after it.",
        years=1,
        at=time(21),
    ),
    Scene(
        "The landlord has agreed about the window. I celebrated by opening it.", years=2, at=time(8, 45), title="The window", mood="proud"
    ),
    Scene("First morning with the new stove. The whole street smells of toast, or I do.", years=5, at=time(10, 10), is_starred=True),
)


def add(user: User, today: date, now: datetime) -> int:
    """Add the scenes to a person's journal, a draft of yesterday too, and return how many entries that were."""
    for scene in SCENES:
        _add(user, scene, _day(scene, today), now)
    with writing():
        user = db.session.merge(user)
        user.mood_enabled = True
        yesterday = (today - timedelta(days=1)).isoformat()
        drafts.keep(user, Typed("demo-draft", 1, 0, "", HALF_A_LIFE, yesterday, "", "", "private"), None, now)
    return len(SCENES)


def _day(scene: Scene, today: date) -> date:
    day = today - timedelta(days=scene.days)
    return (years_before(day, scene.years) if scene.years else None) or day


def _add(user: User, scene: Scene, day: date, now: datetime) -> None:
    shown = []
    for number in scene.photos:
        prepared = attachments.prepare(landscape(number), f"IMG_{4200 + number}.jpg", keeps_original=False)
        with blobs.files().keeping():
            kept = attachments.keep(prepared)
            with writing():
                shown.append(reference(attachments.add(user, prepared, kept, 0, now).uid, ""))
    body = "\n\n".join([*([scene.body] if scene.body else []), *shown])
    text = EntryInput(scene.title, body, day, scene.at, user.timezone, "private", list(scene.tags), scene.mood, Place(scene.place)).prepare(
        user
    )
    with writing():
        entry = entries.write(user, text, now)
        entry.starred_at = now if scene.is_starred else None
