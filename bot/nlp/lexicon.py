"""What the matcher knows of English, and of the few French words around a question, whatever the story.

Tables only. What belongs to one story (names, verbs that mean the same there) is in its `knowledge/`.
"""

# Chat spellings and contractions, each as the words meant.
SPELLINGS: dict[str, str] = {
    "it's": "it is", "u": "you", "ur": "your", "r": "are", "y": "why", "n": "and", "b": "be", "k": "", "4": "for", "b4": "before",
    "abt": "about", "abot": "about", "acc": "actually", "afaik": "", "aint": "is not", "ain't": "is not", "anyting": "anything", "arent": "are not",
    "becuz": "because", "bc": "because", "bcuz": "because", "bcz": "because", "bout": "about", "bro": "", "bruh": "", "btw": "",
    "can't": "can not", "cant": "can not", "cannot": "can not", "coz": "because", "couldnt": "could not", "cos": "because", "cuz": "because",
    "da": "the", "dat": "that", "dem": "them", "didnt": "did not", "didn": "did not", "dis": "this", "doesnt": "does not", "dont": "do not", "dunno": "do not know", "em": "them",
    "fr": "", "frfr": "", "gimme": "give me", "gonna": "going to", "goin": "going", "gotta": "got to", "guyz": "guys", "hadnt": "had not", "hasnt": "has not",
    "havent": "have not", "hes": "he is", "hows": "how is", "howd": "how did", "idk": "", "ik": "", "im": "i am", "imo": "", "irl": "in person", "isnt": "is not", "ive": "i have",
    "kinda": "kind of", "kno": "know", "lemme": "let me", "lmao": "", "lmaooo": "", "lol": "", "lolol": "", "msg": "message", "nah": "no", "ngl": "", "nvm": "",
    "ok": "", "okay": "", "omg": "", "outta": "out of", "pls": "please", "plz": "please", "ppl": "people", "prolly": "probably", "rly": "really", "rn": "now",
    "shes": "she is", "shouldnt": "should not", "smh": "", "smth": "something", "smthn": "something", "sum1": "someone", "sumthing": "something", "tbh": "",
    "thats": "that is", "thx": "", "theyre": "they are", "tho": "", "thru": "through", "til": "until", "tn": "tonight", "tnite": "tonight",
    "tryna": "trying to", "wanna": "want to", "wasnt": "was not", "wat": "what", "wats": "what is", "wen": "when", "wens": "when is", "were'nt": "were not", "weren": "were not", "werent": "were not",
    "wha": "what", "whats": "what is", "whens": "when is", "wheres": "where is", "whered": "where did", "whos": "who is", "whod": "who did", "whose": "whose", "whys": "why is", "whyd": "why did",
    "wich": "which", "wit": "with", "wont": "will not", "wouldnt": "would not", "wtf": "", "wth": "", "wut": "what", "wuts": "what is", "wot": "what", "ya": "you", "yall": "you", "yo": "", "yr": "year", "yrs": "years",
    "hav": "have", "hav'nt": "have not", "wuz": "was", "woz": "was", "wer": "were", "teh": "the", "bcause": "because", "cause": "because", "evry": "every", "alot": "much", "govs": "government", "mins": "minutes",
    "e": "", "x": "", "sept": "september", "w": "with", "ofc": "", "imho": "", "haha": "", "hey": "", "hmm": "", "um": "", "uh": "", "welp": "", "yeah": "", "yep": "", "nope": "no", "dudes": "guys",
    "whn": "when", "whts": "what is", "wht": "what", "whr": "where", "hw": "how", "whch": "which", "frm": "from", "wnt": "went", "tht": "that", "jst": "just", "dint": "did not", "dnt": "do not", "thay": "they", "wsnt": "was not", "ws": "was", "hs": "has", "sez": "says",
}  # fmt: skip

ENDINGS: dict[str, str] = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'d": "", "'m": "am", "'s": ""}

# Words that carry no meaning of their own here. A word of negation or of asking is handled before this table is looked at.
FUNCTION: frozenset[str] = frozenset(
    """
    a an the this that these those of in on at to for from by with about into onto over under up down off out as
    than then so too very and or but if while because since though although also just only even still yet already
    ever actually really basically literally exactly precisely apparently maybe perhaps please kindly thing things
    stuff everyone everybody something anything someone anyone somebody anybody everything i me my mine myself we us our ours you your
    yours it its itself there here be is am are was were been being do does did doing done have has had having will
    would shall should can could may might must get gets got getting gotten go goes going went gone know knows known
    want wants wanted like let lets make makes made one ones such own same other others some any each every both
    either all most much more many lot lots according article says per concerning regarding respect terms regards
    case matter fact now today again back away around during between among before after until upon within without
    through across via kind sort type way bit quite rather pretty well oh ah thanks thank sir mate dude guys guy man
    explain clarify describe wonder wondering curious question ask asking asked interested le la les l un une des du
    de d et ou en au aux ce cet cette ces il elle ils elles que qui quoi dont est ont été etre être sont se s son sa
    ses leur leurs dans sur par pour avec sans pas ne n plus y t j je tu nous vous lui y-a-t-il c qu si aussi exact
    specific specifically particular possible possibly understand understood wait huh right supposed suppose seems
    seem piece text paragraph thread channel chat somehow sure serious seriously whole entire himself herself
    themselves ete etre oneself mr mrs ms mister miss yes else concern list swear claim
    """.split()
)

# What people say to each other. It has a meaning; but a message of nothing else asks nothing.
CHATTER: frozenset[str] = frozenset("hello hi sup wow ty cool nice gotcha rip great hm yay bye".split())

NEGATIONS: frozenset[str] = frozenset(
    "not no never none nobody nothing neither nor without jamais aucun aucune pas".split()
)

ANAPHORA: frozenset[str] = frozenset(
    """
    he him his she her hers they them their theirs it its that this those these there then one ones both two same il
    elle ils elles eux
    """.split()
)
OPENERS: frozenset[str] = frozenset("and but so ok also or what about then et mais alors".split())

# What is asked for, by the words that ask. The first that fits a question counts, plus every later one.
ASKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("how-many", ("how many", "how much", "number of", "count of", "combien")),
    ("how-long", ("how long", "combien de temps", "combien annees", "depuis combien", "length of", "how many years", "how many days", "how many months", "for how long")),
    ("how-often", ("how often", "how many times", "how frequently")),
    ("how-long-ago", ("how long ago",)),
    ("how-old", ("how old", "what age", "quel age")),
    ("how", ("how", "by what means", "comment", "in what way")),
    ("when", ("when", "what day", "which day", "what date", "what time", "which month", "what month", "what year", "which year", "at what point", "quand", "quel jour", "how soon", "by when", "since when")),
    ("where", ("where", "what city", "which city", "what place", "which place", "what country", "which country", "ou est", "ou sont")),
    ("why", ("why", "how come", "what reason", "which reason", "what reasons", "for what purpose", "what for", "on what grounds", "pourquoi", "the reason", "reason for", "reason why", "motive")),
    ("who", ("who", "whom", "whose", "qui", "which person", "which party", "what party", "which people", "which agencies", "which agency", "which official")),
    ("which", ("which", "quel", "quelle", "quels", "quelles")),
    ("what", ("what", "que", "quoi", "qu")),
)  # fmt: skip
WHETHER: frozenset[str] = frozenset(
    """
    is are was were am do does did has have had will would can could should may might isnt est-ce
    """.split()
)
WH_WORDS: frozenset[str] = frozenset(
    """
    who whom whose what which when where why how quand qui quel quelle quels quelles pourquoi comment combien où
    """.split()
)

NUMBER_WORDS: dict[str, str] = {
    word: str(number)
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"deux": "2", "trois": "3", "twice": "2", "once": "1"}

# Every word of these tables, each spelt as people spell it.
KNOWN: frozenset[str] = (
    FUNCTION | CHATTER | NEGATIONS | ANAPHORA | WHETHER | WH_WORDS | SPELLINGS.keys() | NUMBER_WORDS.keys()
)
