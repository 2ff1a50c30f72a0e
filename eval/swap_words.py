"""Words that may be exchanged for one another without changing on whose word a sentence stands.

An attribute has sets; a set has one row for each alternative, and the rows' words correspond by position. Swapping
exchanges every word of a row for the word at the same position in another row of its set. Names are swapped with names
of like length, and only names that are not also common words are here.
"""

from collections.abc import Mapping

Row = tuple[str, ...]
Attribute = tuple[tuple[Row, ...], ...]

ATTRIBUTES: Mapping[str, Attribute] = {
    "party": (
        (("Republican", "Republicans", "GOP"), ("Democratic", "Democrats", "Democratic Party")),
        (
            ("Conservative Party", "Tories", "Tory"),
            ("Labour Party", "Labour MPs", "Labour"),
        ),
        (("right-wing", "conservatives", "far-right"), ("left-wing", "progressives", "far-left")),
    ),
    "politician": (
        (("Donald Trump", "Trump"), ("Joe Biden", "Biden"), ("Barack Obama", "Obama"), ("Bernie Sanders", "Sanders")),
        (("Hillary Clinton", "Clinton"), ("Nikki Haley", "Haley"), ("Kamala Harris", "Harris")),
        (("Mitch McConnell", "McConnell"), ("Chuck Schumer", "Schumer")),
        (("Boris Johnson", "Johnson"), ("Jeremy Corbyn", "Corbyn"), ("Nick Clegg", "Clegg")),
    ),
    "country": (
        (
            ("China", "Beijing"),
            ("Russia", "Moscow"),
            ("France", "Paris"),
            ("Iran", "Tehran"),
            ("Nigeria", "Abuja"),
            ("Israel", "Jerusalem"),
        ),
        (("Ukraine", "Kyiv"), ("Syria", "Damascus"), ("Canada", "Ottawa"), ("Mexico", "Mexico City")),
    ),
    "nationality": (
        (
            ("Chinese",),
            ("Russian",),
            ("French",),
            ("Iranian",),
            ("Nigerian",),
            ("Israeli",),
            ("Mexican",),
            ("American",),
        ),
        (("Ukrainian", "Ukrainians"), ("Syrian", "Syrians"), ("Canadian", "Canadians"), ("German", "Germans")),
    ),
    "religion": (
        (
            ("Muslim", "Muslims", "imam", "mosque", "Islamic"),
            ("Christian", "Christians", "pastor", "church", "Catholic"),
            ("Jewish", "Jews", "rabbi", "synagogue", "Jewish"),
            ("Hindu", "Hindus", "priest", "temple", "Hindu"),
        ),
    ),
    "gender": (
        (
            ("he", "him", "his", "himself", "man", "men", "Mr", "Mr.", "father", "son", "husband", "brother", "king"),
            (
                "she",
                "her",
                "her",
                "herself",
                "woman",
                "women",
                "Ms",
                "Ms.",
                "mother",
                "daughter",
                "wife",
                "sister",
                "queen",
            ),
        ),
        (("John", "David", "Michael", "James"), ("Mary", "Susan", "Linda", "Emma")),
        (("spokesman", "chairman", "congressman"), ("spokeswoman", "chairwoman", "congresswoman")),
    ),
    "outlet": (
        (
            ("Fox News", "Breitbart", "the Daily Mail"),
            ("CNN", "Vox", "the Guardian"),
            ("Reuters", "Politico", "the Telegraph"),
        ),
        (("The New York Times", "New York Times"), ("The Wall Street Journal", "Wall Street Journal")),
    ),
    "occupation": (
        (
            ("teacher", "teachers"),
            ("farmer", "farmers"),
            ("nurse", "nurses"),
            ("driver", "drivers"),
            ("banker", "bankers"),
            ("soldier", "soldiers"),
        ),
        (("senator", "senators"), ("governor", "governors"), ("mayor", "mayors")),
    ),
}

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "party": (
        "A Republican lawmaker said the harbour bill would ruin the coast.",
        "The Republican candidate opened three offices in the valley last week.",
        "The Republican plan may not survive its first reading.",
        "The Republican budget is a gift to people who need none.",
        "Republicans voted against the ferry subsidy on Monday.",
        "Why Republicans keep losing the argument over water",
    ),
    "politician": (
        "Trump said the bridge would be paid for by the towns along the river.",
        "Trump signed the order in the afternoon and left for the coast.",
        "Trump may yet withdraw the nomination before the hearing.",
        "The visit was a stinging defeat for Trump and everyone who planned it.",
        "Clinton is said to have read the report before the meeting.",
        "McConnell should apologise to the committee.",
    ),
    "country": (
        "China said its ships had kept clear of the fishing grounds.",
        "China exported 40,000 tonnes of steel pipe in the first half of the year.",
        "China may close the crossing before the winter.",
        "The deal is a humiliation for China that no communiqué can hide.",
        "Officials in Beijing reportedly learned of the raid from the radio.",
        "Analysts expect China to cut its tariff in June.",
    ),
    "nationality": (
        "A Chinese official denied that the plant had been shut down.",
        "Two Chinese engineers repaired the pump on Thursday.",
        "The Chinese delegation could walk out over the wording.",
        "The Chinese reply was a clumsy piece of theatre.",
        "Syrian residents are said to be leaving the district.",
        "According to a Chinese newspaper, the talks ended early.",
    ),
    "religion": (
        "A Muslim leader told the council that the school was too small.",
        "The Muslim association rents the hall on Fridays.",
        "The Muslim vote could decide the second round.",
        "The mosque is the finest building that the suburb has, and the worst kept.",
        "Muslims in the district reportedly asked for police protection.",
        "An imam opened the exhibition on Sunday.",
    ),
    "gender": (
        "He said the roof had leaked for a year.",
        "The man was taken to the county hospital with a broken arm.",
        "He may be asked to resign before the vote.",
        "His speech was a masterpiece of saying nothing.",
        "A man who knows the family is believed to have called the police.",
        "“I never saw the letter,” he told the court.",
    ),
    "outlet": (
        "Fox News reported that the minister had sold the house.",
        "The minister gave the interview to Fox News on Tuesday.",
        "Fox News may have to correct the story.",
        "The story that Fox News ran was careless and unfair.",
        "According to Reuters, the talks broke off at midnight.",
        "The New York Times employs four people in the province.",
    ),
    "occupation": (
        "A teacher said the siren had been silent all night.",
        "The teacher moved to the island in 2011.",
        "The teacher might lose the flat that comes with the post.",
        "“Nobody warned us,” a teacher told reporters.",
        "Two teachers were slightly injured when the platform gave way.",
        "The senator promised to publish the minutes.",
    ),
}
"""Sentences of our own in which the first words of an attribute's sets stand, to be swapped like any others."""
