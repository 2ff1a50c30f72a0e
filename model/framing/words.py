"""Word lists by which sources are told apart and brought together. English, lower case, without points."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words("a an another both each her his its my our same that the their these this those")
NO_NAMES = (DETERMINERS - {"a"}) | _words(
    "after although and as asked at because before both but by despite during earlier even for former from he her "
    "here how however if in instead it last later like many meanwhile most no not now of on one only or our she since "
    "so some still then there they though to today under until we what when where whether which while who why with "
    "yesterday yet you january february march april june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday"
)
"""No part of a name where the start of a sentence or a date gives them a capital. Not "may": it is a surname."""

TITLES = _words(
    "activist adm administrator adviser advisor ambassador archbishop attorney ayatollah baron baroness bishop brig "
    "candidate capt captain cardinal ceo chair chairman chairwoman chancellor chaplain chief cllr cmdr col colonel "
    "commander commissioner congressman congresswoman conservative constable consultant correspondent councillor "
    "counsel counsellor counselor dame democrat deputy detective director doctor dr economist editor executive "
    "father gen general gov governor imam inspector judge justice king lady leader liberal lieutenant lord lt maj "
    "major manager mayor mep minister miss mp mr mrs ms officer petty pope premier president prince princess prof "
    "professor prosecutor queen rabbi rep representative republican rev reverend secretary sen senator sergeant sgt "
    "sheriff sir sister speaker spokesman spokesperson spokeswoman superintendent treasurer vice whip"
)
"""Stand, capitalised, before a person's name."""
COURTESIES = _words("mr mrs ms miss dr sir lady dame sen rep gov gen prof sgt col capt lt rev")
"""Titles after which even the name of a body is a person's: "Mr Bank"."""
TITLE_SURNAMES = _words("baron bishop cardinal judge justice king major pope prince")
COMPOUND_ROLES = _words("deputy prime vice")
MALE = _words("boy father husband king lord male man mr prince sir son")
FEMALE = _words("baroness dame daughter female girl lady miss mother mrs ms princess queen widow wife woman")
LONG_TITLES = {
    "adm": "admiral",
    "capt": "captain",
    "col": "colonel",
    "dr": "doctor",
    "gen": "general",
    "gov": "governor",
    "lt": "lieutenant",
    "prof": "professor",
    "rep": "representative",
    "rev": "reverend",
    "sen": "senator",
    "sgt": "sergeant",
}

BODIES = _words(
    "academy administration agency airline alliance army assembly association authority bank board brigade brewery "
    "bureau cabinet campaign center centre chamber charity church club coalition college commission committee company "
    "congress consortium corporation council court daily defence delegation department division embassy exchange "
    "federation firm forum foundation fund government group hospital house inc inquiry institute institution journal "
    "league ltd magazine majority media ministry minority movement museum network news newspaper office organisation "
    "organization parliament party police post press programme publication regulator school senate service services "
    "side society startup station studio survey system team times trust union university utility website "
    "account analysis article book complaint data database document documents email estimate estimates filing "
    "findings guidance indictment lawsuit letter memo note page paper petition plan poll polls post posting proposal "
    "record records release report reports research review ruling statement story study survey text transcript "
    "translation tweet video videotape "
    "bulletin chronicle courier dispatch gazette globe herald inquirer observer register telegraph tribune"
)
"""Main nouns of organisations and documents: no "he" or "she" can mean them."""
GENERIC_BODIES = _words("agency charity company firm group organisation organization")
"""What an organisation can be called that has none of these words in its name."""
CORPORATE = _words("association company corporation group inc league ltd party union")
"""What can be left out at the end of an organisation's name."""
GROUPS = _words(
    "conservatives councilmen democrats lawmakers liberals members men mps republicans researchers spokesmen women"
)
UTTERANCES = _words(
    "announcement comment comments email letter message op-ed post remark remarks speech statement statements "
    "testimony tweet tweets words"
)
"""Belong to who made them: "Ruiz's statement" is Ruiz speaking."""
ANYONE = _words("man person source woman")
"""Can mean any unidentified source: "the source" is the one before."""

PREPOSITIONS = _words(
    "about against among at behind by calling familiar for from in including inside near of on representing such that "
    "to titled under which who whose with within "
    "conducted dated obtained posted presented published purporting released reviewed seen"
)
"""End the noun phrase that names a source."""
SMALL = _words("and at for in of on the to & a an")
PARTICLES = _words("al ap bin bint da das de del della den der di do dos du el ibn la le los ter van von y")
SUFFIXES = _words("ii iii iv kc mbe mp obe phd qc")
JUNIOR = _words("jr sr")
GEOGRAPHY = _words("camp east fort great lake las los mount new north port saint san santa south st west")
"""Begin names of places that look like names of people: "Fort Lenz"."""
QUANTIFIERS = _words("all few many most several some various")
