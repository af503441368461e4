"""Twelve ways in which offices show their people, as directory pages in the wild do, and the
definitions by which they are read.

Each structure is a class: `page` renders an address, `definition` says how to read it, `shown`
says which fields it shows. What it renders is the truth that a crawl is measured by.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from tests.directory.fake_people import People, Person

ALL = ("name", "department", "position", "duty", "phone")
EACH = 7
NOBODY = "등록된 직원이 없습니다."


def esc(text: str) -> str:
    """Text as HTML."""
    return html.escape(text)


def breaks(text: str) -> str:
    """Text whose line breaks are elements."""
    return esc(text).replace("\n", "<br/>")


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]


class Structure:
    """What all have: people, and names of columns that a rebuilding may change."""

    key: ClassVar[str]
    shown: ClassVar[tuple[str, ...]] = ALL
    columns: ClassVar[tuple[str, ...]] = ("부서명", "성명", "직위", "전화번호", "담당업무")
    renamed: ClassVar[tuple[str, ...]] = ("소속부서", "이름", "직급", "연락처", "주요업무")
    ruined: ClassVar[tuple[str, ...]] = ("가", "나", "다", "라", "마")

    def __init__(self, people: People, base: str) -> None:
        """Show these people at an address."""
        self.people, self.base = people, base
        self.names = self.columns

    def definition(self) -> dict[str, Any]:
        """How to read it."""
        raise NotImplementedError

    def page(self, asked: Asked) -> str | None:
        """The page of an address, or None."""
        raise NotImplementedError

    def at(self, path: str) -> str:
        """A whole address."""
        return f"{self.base}{path}"

    def cells(self, one: Person) -> tuple[str, ...]:
        """A person's cells, in the order of the columns."""
        return (
            esc(one.department), esc(one.name), esc(one.position), esc(one.phone), breaks(one.duty),
        )  # fmt: skip

    def table(self, people: Sequence[Person], kind: str = "list") -> str:
        """A table of people with a header."""
        head = "".join(f"<th scope=col>{one}</th>" for one in self.names)
        body = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in self.cells(one)) + "</tr>"
            for one in people
        )
        wide = f'<tr><td colspan="{len(self.names)}">{NOBODY}</td></tr>'
        return (
            f'<table class="{kind}"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body or wide}</tbody></table>"
        )


def part(people: Sequence[Person], number: int) -> Sequence[Person]:
    """A page of a list, from 1."""
    return people[(number - 1) * EACH : number * EACH]


def whole(text: str | None) -> int:
    """A page number out of a query."""
    return int(text) if text and text.isdecimal() else 1


class Counted(Structure):
    """A list by page number; beyond its end it says that there is nobody. It says how many there
    are."""

    key = "counted"
    columns = ("번호", *Structure.columns)
    renamed = ("번호", *Structure.renamed)
    ruined = ("번호", *Structure.ruined)

    def cells(self, one: Person) -> tuple[str, ...]:
        """With a number."""
        return (str(self.people.all.index(one) + 1), *super().cells(one))

    def page(self, asked: Asked) -> str | None:
        """/staff/list.do?page=N."""
        if asked.path != "/staff/list.do":
            return None
        shown = part(self.people.all, whole(asked.query.get("page")))
        total = f"<p class=total>총 <b>{len(self.people.all):,}</b>명</p>"
        return total + self.table(shown)

    def definition(self) -> dict[str, Any]:
        """Counted by `page`, until there is nobody."""
        return {
            "start": [self.at("/staff/list.do")], "pages": {"parameter": "page"},
            "table": {"select": "table.list"}, "total": {"select": ".total"},
        }  # fmt: skip


class Repeating(Structure):
    """A list that shows its last page again when one asks for the next."""

    key = "repeating"

    def page(self, asked: Asked) -> str | None:
        """/org/staff?mid=a01&pageIndex=N."""
        if asked.path != "/org/staff":
            return None
        last = -(-len(self.people.all) // EACH)
        return self.table(part(self.people.all, min(whole(asked.query.get("pageIndex")), last)))

    def definition(self) -> dict[str, Any]:
        """Counted by `pageIndex`."""
        return {
            "start": [self.at("/org/staff?mid=a01")], "pages": {"parameter": "pageIndex"},
            "table": {"select": "table"},
        }  # fmt: skip


class Codes(Structure):
    """A tree of links with numeric codes, each to a department's list; one link is closed by
    robots.txt, one leads to another host."""

    key = "codes"

    def code(self, department: str) -> str:
        """A department's number."""
        return str(5680010 + 10 * self.people.departments.index(department))

    def page(self, asked: Asked) -> str | None:
        """/prog/dept/list.do and /prog/deptPerson/kor/sub05/5680010/list.do."""
        if asked.path == "/prog/dept/list.do":
            links = "".join(
                f'<li><a href="/prog/deptPerson/kor/sub05/{self.code(one)}/list.do">{one}</a></li>'
                for one in self.people.departments
            )
            closed = '<li><a href="/private/staff.do">내부 조직</a></li>'
            far = '<li><a href="http://198.51.100.7/list.do">다른 기관</a></li>'
            return f'<ul class="tree">{links}{closed}{far}</ul>'
        for one in self.people.departments:
            if asked.path == f"/prog/deptPerson/kor/sub05/{self.code(one)}/list.do":
                return self.table(self.people.of(one))
        return None

    def definition(self) -> dict[str, Any]:
        """One level of links."""
        return {
            "start": [self.at("/prog/dept/list.do")], "tree": [{"links": "ul.tree a"}],
            "table": {"select": "table.list"},
        }  # fmt: skip


class Calls(Structure):
    """Departments whose links call a function; the list names neither department nor person."""

    key = "calls"
    shown = ("department", "position", "duty", "phone")
    columns = ("직위", "전화번호", "담당업무")
    renamed = ("직급", "행정전화", "업무내용")
    ruined = ("가", "나", "다")

    def cells(self, one: Person) -> tuple[str, ...]:
        """Without department and name."""
        return esc(one.position), esc(one.phone), breaks(one.duty)

    def page(self, asked: Asked) -> str | None:
        """/orgcht.do?q_domainCode=1, then with q_dept."""
        if asked.path != "/orgcht.do":
            return None
        chosen = asked.query.get("q_dept")
        if chosen is None:
            return "".join(
                f"<a href='#' onclick=\"moveDeptGuide('D{at:02}', 1);return false\">{one}</a> "
                for at, one in enumerate(self.people.departments)
            )
        at = int(chosen[1:]) if chosen[1:].isdecimal() else -1
        known = self.people.departments
        return self.table(self.people.of(known[at])) if 0 <= at < len(known) else None

    def definition(self) -> dict[str, Any]:
        """The call's first argument makes the address."""
        tree = {
            "links": "a[onclick]", "attribute": "onclick", "call": "moveDeptGuide",
            "url": "/orgcht.do?q_domainCode=1&q_dept={1}",
        }  # fmt: skip
        return {
            "start": [self.at("/orgcht.do?q_domainCode=1")], "tree": [tree],
            "table": {"select": "table"},
        }  # fmt: skip


class Headings(Structure):
    """One page: a heading for each department, one for each team, a table each, without names."""

    key = "headings"
    shown = ("department", "team", "duty", "phone")
    columns = ("소속부서", "전화번호", "담당업무")
    renamed = ("소속", "연락처", "담당사무")
    ruined = ("가", "나", "다")

    def cells(self, one: Person) -> tuple[str, ...]:
        """The team stands in the heading and in the column that is called department."""
        return esc(one.team), esc(one.phone), breaks(one.duty)

    def page(self, asked: Asked) -> str | None:
        """/dong/staff.do."""
        if asked.path != "/dong/staff.do":
            return None
        made = ["<h2>동 주민센터</h2>"]
        for department in self.people.departments:
            made.append(f"<h3>{department}</h3>")
            people = self.people.of(department)
            for team in dict.fromkeys(one.team for one in people):
                made.append(f"<h4>{team}</h4>")
                made.append(self.table([one for one in people if one.team == team]))
        return "".join(made)

    def definition(self) -> dict[str, Any]:
        """The column of the team is the team, whatever it is called."""
        return {
            "start": [self.at("/dong/staff.do")], "table": {"select": "table"},
            "headings": {"department": "h3", "team": "h4"},
            "fields": {"team": {"column": ["소속부서", "소속"]}},
        }  # fmt: skip


class TwoTables(Structure):
    """Header and body stand in two tables (제주)."""

    key = "two-tables"

    def page(self, asked: Asked) -> str | None:
        """/staff/search.do?pageNo=N, five pages as a menu says."""
        if asked.path != "/staff/search.do":
            return None
        head = "".join(f"<th>{one}</th>" for one in self.names)
        body = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in self.cells(one)) + "</tr>"
            for one in part(self.people.all, whole(asked.query.get("pageNo")))
        )
        nobody = f"<p>{NOBODY}</p>" if not body else ""
        return (
            f'<table class="tblHead"><tr>{head}</tr></table>'
            f'<div class="scroll"><table class="tblBody">{body}</table></div>{nobody}'
        )

    def definition(self) -> dict[str, Any]:
        """The header is a table of its own."""
        return {
            "start": [self.at("/staff/search.do")], "pages": {"parameter": "pageNo"},
            "table": {"select": "table.tblBody", "header": "table.tblHead"}, "empty": [NOBODY],
        }  # fmt: skip


class Spanned(Structure):
    """Department and team as tall cells; position and name in one cell."""

    key = "spanned"
    shown = ("department", "team", *ALL)
    columns = ("부서", "구분/팀명", "직위·성명", "전화번호", "담당업무")
    renamed = ("실과명", "팀명", "직위·성명", "연락처", "분장사무")

    def page(self, asked: Asked) -> str | None:
        """/intro/org.html."""
        if asked.path != "/intro/org.html":
            return None
        head = "".join(f"<th>{one}</th>" for one in self.names)
        made, before = [], ("", "")
        for one in self.people.all:
            cells = ""
            if one.department != before[0]:
                count = len(self.people.of(one.department))
                cells += f'<th rowspan="{count}">{one.department}</th>'
                before = (one.department, "")
            if one.team != before[1]:
                count = sum(1 for other in self.people.of(one.department) if other.team == one.team)
                cells += f'<td rowspan="{count}">{one.team}</td>'
                before = (one.department, one.team)
            both = f"{one.position} {one.name}"
            cells += f"<td>{both}</td><td>{one.phone}</td><td>{self._list(one.duty)}</td>"
            made.append(f"<tr>{cells}</tr>")
        return f"<table><tr>{head}</tr>{''.join(made)}</table>"

    def _list(self, duty: str) -> str:
        return "<ul>" + "".join(f"<li>{esc(one)}</li>" for one in duty.split("\n")) + "</ul>"

    def definition(self) -> dict[str, Any]:
        """Position and name are split."""
        return {
            "start": [self.at("/intro/org.html")], "table": {"select": "table"},
            "fields": {"name": {"column": ["직위·성명"]}},
            "split": [{"field": "name", "into": "{position} {name}"}],
        }  # fmt: skip


class Bracketed(Structure):
    """The position in brackets behind the department; a site that wants a cookie first."""

    key = "bracketed"
    columns = ("부서", "성명", "전화번호", "담당업무", "위치안내")
    renamed = ("소속", "성함", "전화", "업무", "위치안내")
    cookie = "JSESSIONID"

    def cells(self, one: Person) -> tuple[str, ...]:
        """The place is of no use."""
        both = f"{esc(one.department)}({esc(one.position)})"
        return both, esc(one.name), esc(one.phone), breaks(one.duty), "본관 2층"

    def page(self, asked: Asked) -> str | None:
        """/main.do gives the cookie, /find.do?p=N wants it."""
        if asked.path == "/main.do":
            return "<h1>어서 오세요</h1>"
        if asked.path != "/find.do":
            return None
        return self.table(part(self.people.all, whole(asked.query.get("p"))))

    def definition(self) -> dict[str, Any]:
        """A session is begun at the main page."""
        return {
            "start": [self.at("/find.do")], "session": self.at("/main.do"),
            "pages": {"parameter": "p"}, "table": {"select": "table.list"},
            "split": [{"field": "department", "into": "{department}({position})"}],
        }  # fmt: skip


class Posted(Structure):
    """A form is posted for each page; the duty's lines are lines of the source (eGovFrame)."""

    key = "posted"

    def cells(self, one: Person) -> tuple[str, ...]:
        """The duty as it is, in a cell that is styled to keep its lines."""
        return *super().cells(one)[:-1], esc(one.duty)

    def page(self, asked: Asked) -> str | None:
        """POST /portal/staff.do with pageIndex and a Korean search word."""
        if asked.path != "/portal/staff.do" or asked.form.get("searchCnd") != "전체":
            return None
        return self.table(part(self.people.all, whole(asked.form.get("pageIndex"))))

    def definition(self) -> dict[str, Any]:
        """The number goes into the form, which is in the site's encoding."""
        return {
            "start": [self.at("/portal/staff.do")], "method": "POST",
            "form": {"searchCnd": "전체", "pageIndex": "1"}, "pages": {"parameter": "pageIndex"},
            "table": {"select": "table.list"}, "lines": True,
        }  # fmt: skip


class NextLink(Structure):
    """An old site: tables for the layout, a section's name in a row of its own, a link to the next
    page."""

    key = "next-link"
    columns = ("성명", "직위", "전화번호", "담당업무")
    renamed = ("이름", "직책", "전화", "업무")
    ruined = ("가", "나", "다", "라")

    def cells(self, one: Person) -> tuple[str, ...]:
        """Without the department."""
        return esc(one.name), esc(one.position), esc(one.phone), breaks(one.duty)

    def page(self, asked: Asked) -> str | None:
        """/staff1.htm, /staff2.htm …"""
        number = asked.path.removeprefix("/staff").removesuffix(".htm")
        if not number.isdecimal():
            return None
        shown = part(self.people.all, int(number))
        head = "".join(f"<td><b>{one}</b></td>" for one in self.names)
        made, before = [f"<tr>{head}</tr>"], ""
        for one in shown:
            if one.department != before:
                made.append(f'<tr><td colspan="{len(self.names)}">{one.department}</td></tr>')
                before = one.department
            made.append("<tr>" + "".join(f"<td>{cell}" for cell in self.cells(one)))
        inner = f'<table border="1" id="people">{"".join(made)}</table>'
        more = int(number) * EACH < len(self.people.all)
        link = f'<a class="next" href="staff{int(number) + 1}.htm">다음</a>' if more else ""
        return f"<table><tr><td>메뉴</td><td>{inner}</td></tr></table>{link}"

    def definition(self) -> dict[str, Any]:
        """The section is the department."""
        return {
            "start": [self.at("/staff1.htm")], "pages": {"next": "a.next"},
            "table": {"select": "#people", "section": "department"},
        }  # fmt: skip


class Cards(Structure):
    """No table: an element for each person, in a tree of two levels that a form's options make."""

    key = "cards"
    shown = ("bureau", *ALL)

    def page(self, asked: Asked) -> str | None:
        """/people, /people?bureau=B, /people?bureau=B&dept=D."""
        if asked.path != "/people":
            return None
        bureaus = list(dict.fromkeys(one.bureau for one in self.people.all))
        if "bureau" not in asked.query:
            options = "".join(
                f'<option value="B{at}">{one}</option>' for at, one in enumerate(bureaus)
            )
            return f'<select id=b><option value="">국 선택</option>{options}</select>'
        bureau = bureaus[int(asked.query["bureau"][1:])]
        mine = list(
            dict.fromkeys(one.department for one in self.people.all if one.bureau == bureau)
        )
        if "dept" not in asked.query:
            links = (
                f'<a class=d href="?bureau={asked.query["bureau"]}&amp;dept={at}">{one}</a>'
                for at, one in enumerate(mine)
            )
            return "".join(links)
        chosen = mine[int(asked.query["dept"])]
        return "".join(map(self.card, self.people.of(chosen)))

    def card(self, one: Person) -> str:
        """A person."""
        name, duty = ("who", "job") if self.names == self.columns else ("who person", "job text")
        if self.names == self.ruined:
            name, duty = "x", "y"
        return (
            f'<li class="card"><strong class="{name}">{one.name}</strong>'
            f'<em class="pos">{one.position}</em><a class="tel" href="tel:{one.phone}">전화</a>'
            f'<div class="{duty}"><p>{"</p><p>".join(esc(one.duty).split(chr(10)))}</p></div></li>'
        )

    def definition(self) -> dict[str, Any]:
        """Selectors, and the telephone out of an attribute."""
        return {
            "start": [self.at("/people")],
            "tree": [
                {"links": "#b option", "attribute": "value", "url": "/people?bureau={value}",
                 "gives": "bureau", "skip": ["국 선택"]},
                {"links": "a.d"},
            ],
            "rows": "li.card",
            "fields": {
                "name": {"select": ".who"}, "position": {"select": ".pos"},
                "phone": {"select": "a.tel", "attribute": "href"}, "duty": {"select": ".job"},
            },
            "split": [{"field": "phone", "into": "tel:{phone}"}],
            "needs": ["phone", "duty"],
        }  # fmt: skip


class Open(Structure):
    """An open-data API like 보령시's: `pageIndex` is how many, `firstIndex` which page."""

    key = "api"
    shown = ("department", "name", "position", "duty", "phone")
    members: ClassVar[Mapping[str, str]] = {
        "name": "name", "position": "position", "task": "duty", "tell": "phone",
        "jobDiv": "department",
    }  # fmt: skip
    xml = False
    secret = "a+secret/key=="

    def page(self, asked: Asked) -> str | None:
        """/service/rest/staff with a key."""
        if asked.path != "/service/rest/staff":
            return None
        if asked.query.get("ServiceKey") != self.secret:
            return self._answer("30", "SERVICE KEY IS NOT REGISTERED ERROR", [])
        size, number = whole(asked.query.get("pageIndex")), whole(asked.query.get("firstIndex"))
        shown = self.people.all[(number - 1) * size : number * size]
        return self._answer("00" if shown else "03", "NORMAL SERVICE.", shown)

    def _answer(self, code: str, words: str, people: Sequence[Person]) -> str:
        items = [
            {name: asdict(one)[field] for name, field in self.members.items()} for one in people
        ]
        if self.names == self.ruined:
            items = [{f"x{name}": value for name, value in one.items()} for one in items]
        total = len(self.people.all)
        if not self.xml:
            head = {"resultCode": code, "resultMsg": words}
            body = {"items": items, "totCnt": total}
            return json.dumps({"response": {"header": head, "body": body}}, ensure_ascii=False)
        made = "".join(
            "<item>"
            + "".join(f"<{key}>{esc(text)}</{key}>" for key, text in one.items())
            + "</item>"
            for one in items
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><response><header>'
            f"<resultCode>{code}</resultCode><resultMsg>{words}</resultMsg></header>"
            f"<body><items>{made}</items><totCnt>{total}</totCnt></body></response>"
        )

    def definition(self) -> dict[str, Any]:
        """The key is put in when it is asked."""
        rows = "response.body.items" + (".item" if self.xml else "")
        start = "/service/rest/staff?ServiceKey={key}&pageIndex=25"
        return {
            "kind": "api", "start": [self.at(start)], "pages": {"parameter": "firstIndex"},
            "api": {
                "format": "xml" if self.xml else "json", "rows": rows,
                "code": "response.header.resultCode", "good": ["00"],
                "total": "response.body.totCnt",
            },
        }  # fmt: skip


class OpenXml(Open):
    """The same in XML."""

    xml = True


STRUCTURES: tuple[type[Structure], ...] = (
    Counted, Repeating, Codes, Calls, Headings, TwoTables, Spanned, Bracketed, Posted, NextLink,
    Cards, Open,
)  # fmt: skip
