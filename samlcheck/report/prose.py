"""Words that any error page says, whoever reads it: they stay where sentences are masked, so that these can be understood.

An allow-list (SECURITY T10): names of people, hosts and organisations are not on it, nor words that are also given names. A
word that holds a digit is an id and is masked, whatever its letters.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_ADDRESS = re.compile(r"@|://|\\|\w[./]\w|\w_\w")
"""What makes a token the name of somebody or something as a whole: an address, a path, a dotted name."""
_CODE = re.compile(r"[1-5]\d\d|(?:AADSTS|MSIS|ID)\d{3,7}")
"""Codes of answers and of errors."""

_KNOWN = """
a about above accept accepted accepts access account accounts across action activate activated active actual add added
additional address addresses admin administrator administrators after again against agent ahead algorithm all allow allowed
allows already also although always amazon an and another answer any anymore anyone app appears application applications
apply approval approve are aren't array as ask asked assertion assertions assign assigned assignment associated assume at
attempt attempts attribute attributes audience authenticate authenticated authenticating authentication authorization
authorize authorized authorised auto automatically available aws azure back bad badge base be because become been before
begin behalf being below between binding blank block blocked body both bound broken browser browsers but button by cache call
came can can't cancel canceled cancelled cannot cause caused center certificate certificates change changed check checked
choose claim claims clear click client clock close closed code come complete completed condition conditions configuration
configure configured confirm confirmation connect connected connection consent console contact contacting contain contained
contains content context continue cookie cookies correct correctly correlation could couldn couldn't create created
credential credentials current currently customer data date deactivated decode decoded decrypt default denied deny desk
destination detail details detected determine device did didn didn't different directory disable disabled do document does
doesn doesn't doing domain don don't done down due during each either element email empty enable enabled encountered
encrypted end endpoint enough ensure enter entered entities entity error errors even exceeded exception exist existing exists
expected expire expired expires explicitly external failed failing fails failure federated federation few field fields file
find first fix follow following for forbidden form format found from full further gateway generate generated get given go
gone got granted group groups guest had has hasn hasn't have haven haven't help helpdesk here home host hour hours how
however http https id identifier identifiers identities identity idp if ignored immediately in inactive include included
incomplete incorrect incorrectly info inform information initiated input instance instead insufficient internal into invalid
is isn isn't issue issued issuer issues it its itself just keep key keys kind know known lacks last later least left length
level licence license licensed like limit limited line link linked list listed load loading locate located location locked
log logged login logging logout long longer look looks lost made maintenance make malformed managed manager many map mapped
mapping match matched matches matching maximum mean means message metadata method minute minutes mismatch missing mode moment
more most move moved must my name named names necessary need needed needs never new next no none nor not note nothing now
null number object occurred of off often ok old on onboarded once one only onto open opened operation option or order
organisation organization original other others otherwise our out outdated outside over own page pages parameter parameters
parse part partner parties party password path pending period permission permissions permitted person phone place please
policies policy portal possible possibly post present presented prevent prevented previous previously privileges problem
problems process processed processing profile prohibited protected protocol provide provided provider providers proxy purpose
query reach reached read ready reason received recently recipient recognise recognised recognize recognized record redirect
redirected reference refresh refused register registered rejected relay reload remove removed replay reply report request
requested requester requests require required requires reset resource resources respond responded responder response
responses restart restricted result retry return returned role roles same saml say says scope screen second seconds section
secure security see seem seems select selected send sending sent server servers service services session sessions set setting
settings setup several should show sign signature signatures signed signin signing signon simple since single sites skew so
some somebody someone something soon sorry source specific specifically specified specify sso standard start started state
statement status step steps still stop stopped store string subject submit submitted success successful successfully such
suitable supplied support supported sure suspended switch system tab take taken team technical temporarily temporary tenant
terminated test than that the their them then there therefore these they thing third this those though through time timed
timeout times to today token tokens too took trace tried trouble true trust trusted try trying turned twice two type unable
unauthorised unauthorized unavailable under understand unexpected unfortunately unique unknown unless unlock unrecognised
unrecognized unsigned unspecified unsuccessful unsupported until up update updated upon upstream uri url us usable use used
user username users uses using usually valid validate validated validating validation validity value values verification
verified verify version via view violated visit wait want was wasn wasn't way we web website well went were weren weren't
what whatever when where whether which while who whole whose why window windows with within without won won't word work
workplace workspace works would wouldn wouldn't wrong xml yet you your yourself accepteert accès aanmelden aanmelding
aktiviert angemeldet anmelden anmeldung anwendung anwendungen autorisé autorizado benutzer benutzername berechtigt
berechtigung bitte compte contactez das de den der desde die diese dieser dieses du ein eine einem einen einer el en
erforderlich erreur erneut es est et fallo fehler fehlgeschlagen gefunden gültig haben hat het hier il ils ist konnte konto
kein keine keinen la le les los maar mit mot nach nicht niet nom non ont oder ou para pas passe pero por pour que refusé se
seite sich sie sind su sur ungültig und une unbekannt usuario utilisateur verweigert versuchen votre vous wenden wiederholen
wird wurde zu zugriff zugang zugewiesen zum zur échec échoué été être è à
"""
WORDS = frozenset(_KNOWN.split())


def masked_prose(text: str) -> str:
    """Return sentences in which each word that not every page says is its first letter and ``*``; length and form stay."""
    return _TOKEN.sub(lambda token: _WORD.sub(_stars if _ADDRESS.search(token[0]) else _unless_known, token[0]), text)


def _unless_known(word: re.Match[str]) -> str:
    known = word[0].lower().replace("\u2019", "'") in WORDS or _CODE.fullmatch(word[0])
    return word[0] if known else _stars(word)


def _stars(word: re.Match[str]) -> str:
    return word[0][0] + "*" * (len(word[0]) - 1)
