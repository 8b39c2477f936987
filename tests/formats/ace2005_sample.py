"""A document in the layout of ACE 2005, both of its files."""

SGML = """<DOC>
<DOCID> HARBOUR_20050301.1200 </DOCID>
<DOCTYPE SOURCE="newswire"> STORY </DOCTYPE>
<DATETIME> 2005-03-01 </DATETIME>
<BODY>
<HEADLINE>
Fog closes Quillmouth
</HEADLINE>
<TEXT>
Ada Merrow, the Quillmouth-born captain, runs Merrow &amp; Sons. She
sold the boat.

Her brother left!
</TEXT>
</BODY>
</DOC>
"""


def charseq(text: str, after: str = "") -> str:
    """The charseq of a text, the first one that follows `after`: counted in the SGML, by hand as it were."""
    plain = ""
    inside = False
    for character in SGML:
        inside = inside or character == "<"
        plain += "" if inside else character
        inside = inside and character != ">"
    start = plain.index(text, plain.index(after))
    return f'<charseq START="{start}" END="{start + len(text) - 1}">{text}</charseq>'


def mention(identifier: str, extent: str, head: str) -> str:
    return f"""    <entity_mention ID="{identifier}" TYPE="NAM" LDCTYPE="NAM">
      <extent>{extent}</extent>
      <head>{head}</head>
    </entity_mention>
"""


ADA = "Ada Merrow, the Quillmouth-born captain"
APF = f"""<?xml version="1.0"?>
<!DOCTYPE source_file SYSTEM "apf.v5.1.1.dtd">
<source_file URI="HARBOUR_20050301.1200.sgm" SOURCE="newswire" TYPE="text" AUTHOR="LDC" ENCODING="UTF-8">
<document DOCID="HARBOUR_20050301.1200">
  <entity ID="H-E1" TYPE="PER" SUBTYPE="Individual" CLASS="SPC">
{mention("H-E1-1", charseq(ADA), charseq("Ada Merrow"))}\
{mention("H-E1-2", charseq("She"), charseq("She"))}\
{mention("H-E1-3", charseq("Her"), charseq("Her"))}\
    <entity_attributes><name NAME="Ada Merrow">{charseq("Ada Merrow")}</name></entity_attributes>
  </entity>
  <entity ID="H-E2" TYPE="GPE" SUBTYPE="Population-Center" CLASS="SPC">
{mention("H-E2-1", charseq("Quillmouth"), charseq("Quillmouth"))}\
{mention("H-E2-2", charseq("Quillmouth", "the Q"), charseq("Quillmouth", "the Q"))}\
  </entity>
  <entity ID="H-E3" TYPE="ORG" SUBTYPE="Commercial" CLASS="SPC">
{mention("H-E3-1", charseq("Merrow &amp; Sons"), charseq("Merrow &amp; Sons"))}\
  </entity>
  <entity ID="H-E4" TYPE="PER" SUBTYPE="Individual" CLASS="SPC">
{mention("H-E4-1", charseq("Her brother"), charseq("brother"))}\
  </entity>
  <timex2 ID="H-T1" VAL="2005-03-01"><timex2_mention ID="H-T1-1"/></timex2>
  <relation ID="H-R1" TYPE="GEN-AFF" SUBTYPE="Citizen-Resident-Religion-Ethnicity" TENSE="Unspecified">
    <relation_argument REFID="H-E1" ROLE="Arg-1"/>
    <relation_argument REFID="H-E2" ROLE="Arg-2"/>
    <relation_mention ID="H-R1-1" LEXICALCONDITION="PreMod">
      <extent>{charseq(ADA)}</extent>
      <relation_mention_argument REFID="H-E1-1" ROLE="Arg-1"><extent>{charseq(ADA)}</extent>
      </relation_mention_argument>
      <relation_mention_argument REFID="H-E2-2" ROLE="Arg-2"/>
      <relation_mention_argument REFID="H-T1-1" ROLE="Time-Within"/>
    </relation_mention>
  </relation>
  <relation ID="H-R2" TYPE="PER-SOC" SUBTYPE="Family">
    <relation_mention ID="H-R2-1">
      <relation_mention_argument REFID="H-E4-1" ROLE="Arg-2"/>
      <relation_mention_argument REFID="H-E1-3" ROLE="Arg-1"/>
    </relation_mention>
  </relation>
</document>
</source_file>
"""
