"""Invented people of an invented office, and how they change from one day to the next."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

SURNAMES, GIVEN = "김이박최정강조윤장임한오서신권황안송류홍", "지영은민현수정성재미하늘봄슬기찬우별"
BUREAUS = ("경제국", "복지국", "안전건설국")
DEPARTMENTS = (
    "총무과", "청년정책과", "상하수도과", "도로관리과", "문화예술과", "세무과", "민원여권과",
)  # fmt: skip
TEAMS = ("기획팀", "지원팀", "관리팀", "운영팀")
TOPICS = (
    "청년 창업 지원", "상수도 요금", "하수관로 정비", "아동수당 지급", "도로 점용 허가",
    "문화재 보수", "지방소득세 부과", "여권 발급", "CCTV 설치", "보조금 정산", "불법 주정차 단속",
    "똠방각하 축제 운영",
)  # fmt: skip
POSITIONS = ("과장", "팀장", "주무관", "주무관", "주무관", "실무관")


@dataclass(frozen=True)
class Person:
    """One line of a staff page."""

    name: str
    bureau: str
    department: str
    team: str
    position: str
    duty: str
    phone: str


class People:
    """The people of an office, department by department."""

    def __init__(self, seed: int, departments: int, each: int) -> None:
        """Invent them; the same for the same seed."""
        self.chance = random.Random(seed)  # noqa: S311  repeatable on purpose
        self.line = 1000
        self.departments = DEPARTMENTS[:departments]
        self.all = [
            self._one(BUREAUS[at % 3], department, TEAMS[number * 4 // each])
            for at, department in enumerate(self.departments)
            for number in range(each)
        ]

    def _one(self, bureau: str, department: str, team: str) -> Person:
        name = self.chance.choice(SURNAMES) + "".join(self.chance.sample(GIVEN, 2))
        if self.chance.random() < 0.6:
            name = name[0] + self.chance.choice(("○○", "**", "OO"))
        self.line += 1
        duty = "\n".join(self.chance.sample(TOPICS, self.chance.randint(1, 3)))
        position = self.chance.choice(POSITIONS)
        return Person(name, bureau, department, team, position, duty, f"055-211-{self.line}")

    def of(self, department: str) -> list[Person]:
        """The people of a department."""
        return [one for one in self.all if one.department == department]

    def move_on(self, added: int) -> None:
        """A day later: somebody went, somebody has another duty, several are new."""
        gone = self.chance.randrange(len(self.all))
        del self.all[gone]
        at = self.chance.randrange(len(self.all))
        self.all[at] = replace(self.all[at], duty="새로 맡은 업무", phone="055-211-9999")
        for _ in range(added):
            beside = self.chance.randrange(len(self.all))
            like = self.all[beside]
            self.all.insert(beside + 1, self._one(like.bureau, like.department, like.team))

    def lose(self, part: float) -> None:
        """Leave so large a part of them out, as a site that is half broken does."""
        kept = round(len(self.all) * (1 - part))
        self.all = self.all[:kept]
