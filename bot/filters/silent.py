"""Words that say nothing of what a paper is about."""

from bot.filters.analysis import stem

FUNCTION_WORDS = frozenset(
    """a about above across after again against all almost along also although always am among an and any are
    around as at be became because become been before being below between both but by can cannot could did do
    does doing done down during each either else especially etc even ever every for from further had has have
    having he her here hers him his how however i if in including instead into is it its itself just least
    less like made make many may me might mine more most much must my myself near neither no nor not of off
    often on once one only onto or other others otherwise our ours ourselves out over own particularly per
    perhaps please quite rather re s same several shall she should since so some something specifically still
    such t than that the their theirs them themselves then there therefore these they this those though
    through throughout thus to together too toward towards under unless until up upon us very via was we well
    were what when where whereas whether which while who whom whose why will with within without would yet you
    your yours""".split()
)

ASKING_WORDS = frozenset(
    """anybody anyone article articles available direct discuss discusses discussing discussed employ employs
    employing examine examines examined examining exist exists existing explore explores explored exploring
    find first focus focuses focusing focused give guide interested introduce introduces introduced
    investigate investigates investigated investigating know latest literature look looking paper papers point
    present presents presented propose proposes proposed proposing provide provides publication publications
    published publish recent recently recommend recommended refer reference references research researchers
    scholarly search searching seeking show shows showing shown studies study studied studying suggest
    suggests suggested tell tried try trying understand understanding use used uses using utilize utilizes
    utilized utilizing want wonder work works""".split()
)
"""Words by which people ask for papers rather than say what is in them."""

SILENT = frozenset(map(stem, FUNCTION_WORDS | ASKING_WORDS))
"""Their stems; in a ranking they do not count."""
