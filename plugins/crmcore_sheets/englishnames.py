"""English column names that are put together of parts: First + Visit + Date, Assigned + Sales + Rep.

Whole names alone count, as in `compounds`, which does the same for Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FIRST = "(?:first|initial|intro|introductory)"
_MET = "(?:contact|call|meeting|visit|touch|touchpoint|inquiry|enquiry|conversation|consultation|consult|appointment)"
_NEXT = "(?:contact|call|meeting|touch|touchpoint|visit|activity|step|action|task|appointment|follow ?up)"
_EXPECTED = "(?:expected|estimated|target|anticipated|projected|forecast|forecasted|planned)"
_ORDER = "(?:order|decision|close|closing|award|po|signing|contract|booking|sale|deal|win)"
_SURE = "(?:final|actual|sold|closed|won|signed|awarded|bound|agreed|booked)"
_REACH = "(?:office|work|business|main|primary|personal|direct|best|daytime|company|corporate)"
_REASON = "(?:reason|because)"
_PATTERNS = {
    "owner": "(?:assigned|responsible|our)(?: (?:sales|account|field|inside|outside|territory))? "
    "(?:owner|rep|representative|agent|executive|attorney|advisor|adviser|consultant|officer|manager|counselor|person|"
    "planner|coordinator|specialist|broker)|"
    "(?:sales|territory|account|field|inside|outside|bd|business development|"
    "(?:area|regional|district|key) (?:sales|account)) "
    "(?:owner|rep|representative|executive|engineer|consultant|pic|manager|specialist|associate)|"
    "(?:relationship|lead|opportunity|deal) (?:owner|manager|rep)|loan officer|bd lead|"
    "follow ?up (?:owner|rep)|"
    "(?:sales )?(?:rep|agent|broker|advisor|consultant) assigned(?: to)?|"
    "(?:leasing|comfort|enrollment|admissions) (?:consultant|advisor|adviser|counselor|agent)|"
    "(?:handled|managed|received) by",
    "company": "(?:buyer|prospect|lead|client|customer|guest|attendee|visitor)(?:'s)? "
    "(?:company|organi[sz]ation)(?: name)?",
    "contact": "(?:attendee|enquirer|inquirer|homeowner|visitor|guest|student|parent|patient|applicant|borrower|buyer|donor|"
    "founder)(?:'s)? "
    "(?:full )?name|(?:end user|buyer|customer|client|account|main|key) contact(?: name| person)?",
    "initial need": "(?:services?|products?|items?) (?:requested|needed|required|wanted)|"
    "(?:product|service|course|program|property|model|boat|vehicle|car|item|package|plan|treatment)s? of interest|"
    "(?:what|which) [a-z]+ (?:are you (?:most )?interested in|do you need|are you looking for)",
    "region": "(?:country|city|state|province) of residence",
    "lead number": "(?:enquiry|inquiry|lead|deal|opportunity|opp|customer|client) (?:ref|reference|id|no|number|code)",
    "source": "lead from|how did (?:they|you) (?:find|hear (?:about|of)) us|"
    "how (?:they|you|he|she) heard(?: (?:of|about) us)?|"
    "(?:lead|inquiry|enquiry|deal|client|customer) (?:origin|channel)|"
    "(?:signup|sign up|registration|acquisition|traffic|inquiry|enquiry) (?:source|channel)",
    "first contact": f"{_FIRST} {_MET}(?: date| on| at| time)?|lead (?:since|date|received)|"
    "(?:signed up|registered) (?:at|on)|"
    "(?:inquiry|enquiry|intake|signup|registration|submission) (?:date|received|time)",
    "next follow up": f"(?:next|upcoming) {_NEXT} (?:date|due|due date|on|time|deadline)|task due(?: date)?|"
    "follow ?up (?:on|due|date|due date)",
    "next step": "follow ?up (?:task|action|plan|step)|next (?:step|action|task|move|activity)s?",
    "expected close": f"{_ORDER} expected|{_EXPECTED} {_ORDER}(?: date| month)?",
    "date signed": "(?:sold|won|signed|signing) (?:date|on)",
    "closed on": "(?:won|closed) ?(?:/|or) ?lost (?:date|on)",
    "deal value": f"{_SURE}(?: (?:deal|contract|sales?|order))? (?:amount|value|price|premium|total)",
    "estimated value": "(?:expected|estimated|projected|potential|anticipated|forecast|forecasted)"
    "(?: (?:deal|contract|order|opportunity|annual|monthly|project))? (?:amount|value|spend|premium)|"
    "(?:expected|projected|potential|forecast) (?:monthly )?(?:revenue|arr|mrr|acv|tcv)|"
    "(?:ask|asking|requested) amount|amount (?:requested|asked)",
    "lost reason": f"(?:declined?|rejection|rejected|pass|passed|lost|loss|churn|win ?/? ?loss) {_REASON}|"
    "reason (?:for )?(?:win ?/ ?loss|loss|lost|declined?|rejection|churn|not (?:buying|sold))|"
    "why (?:lost|not sold|declined)",
    "stage": "(?:account|deal|opportunity|lead|prospect|pipeline|sales|submission|booking|inquiry|enquiry|client|"
    "customer) (?:stage|status|phase)",
    "email": f"{_REACH} e ?mail(?: address| id)?",
    "phone": f"{_REACH} (?:phone|tel|telephone|cell|mobile|line)(?: number| no)?",
    "position": "(?:poc|buyer|decision maker|contact person)(?:'s)? (?:title|role|position)",
}
_ANY = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS.items())
_JOINED = re.compile(r"[\s_.-]+")


def english_names(header: str) -> Iterator[str]:
    """The plain names of what an English *header* of several words says.

    >>> list(english_names("First Visit Date")), list(english_names("Territory Rep")), list(english_names("Visit"))
    (['first contact'], ['owner'], [])
    """
    name = _JOINED.sub(" ", header).strip()
    if " " in name or "/" in name:
        yield from (plain for plain, pattern in _ANY if pattern.fullmatch(name))
