"""Every sentence of the page in Dutch and English; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    # Head of the page
    "kind": ("Inventaris", "Inventory"),
    "title": ("{title}: inventaris", "{title}: inventory"),
    "title-of-one": ("{title}: inventaris van {town}", "{title}: inventory of {town}"),
    "title-of-some": ("{title}: inventaris van {count} gemeenten", "{title}: inventory of {count} municipalities"),
    "skip": ("Naar de inhoud", "Skip to the content"),
    "other-language": ("This page in English", "Deze pagina in het Nederlands"),
    "estate": ("Estate", "Estate"),
    "operator": ("Beheerder", "Operator"),
    "as-of": ("Toestand op", "State on"),
    "digest": ("Vingerafdruk van het estate (SHA-256)", "Digest of the estate (SHA-256)"),
    "version": ("Gemaakt met", "Made with"),
    "only": ("Alleen deze gemeenten", "Only these municipalities"),
    "contents": ("Inhoud", "Contents"),
    "no-script": (
        "Deze pagina werkt zonder JavaScript; zoeken, filteren en sorteren kan alleen met.",
        "This page works without JavaScript; search, filters and sorting need it.",
    ),
    # What the report says and does not say
    "reading": ("Hoe dit verslag te lezen", "How to read this report"),
    "reading-declared": (
        "Dit verslag toont wat in het estate is beschreven en wat daaruit is gepland. Niets is ter plaatse gemeten: "
        "de echte toestand van netwerk, cloud en toestellen is niet geëvalueerd.",
        "This report shows what the estate declares and what was planned from it. Nothing was measured on the spot: "
        "the real state of network, cloud and devices was not evaluated.",
    ),
    "reading-evaluated": (
        "Niet geëvalueerd betekent nooit in orde. Waar een gegeven ontbreekt staat onbekend of een streepje, "
        "en dat telt nergens mee als goed.",
        "Not evaluated never means in order. Where a fact is missing it says unknown or shows a dash, "
        "and that counts nowhere as good.",
    ),
    "reading-real": (
        "Echt zijn namen, NIS-codes, inwonersaantallen (Statbel) en middelpunten (GeoNames) van de gemeenten. In de "
        "estates die met virgem meekomen of met init zijn gemaakt, is al het andere verzonnen: locaties, kabels, "
        "adressen, contracten, prijzen en toestellen.",
        "Real are the names, NIS codes, populations (Statbel) and centre points (GeoNames) of the municipalities. In "
        "the estates that ship with virgem or were made by init, everything else is invented: sites, cables, "
        "addresses, contracts, prices and devices.",
    ),
    "reading-own-words": (
        "Wat het estate zelf zegt over echt en verzonnen (in de taal van het bestand):",
        "What the estate itself says is real and invented (in the language of the file):",
    ),
    "reading-language": (
        "Namen en toelichtingen staan in de taal waarin ze in het estate zijn geschreven; waarschuwingen van virgem "
        "zijn in het Nederlands, foutmeldingen in het Engels. Eigenaars zijn rollen, nooit personen.",
        "Names and remarks are in the language in which the estate has them; messages of virgem are in English. "
        "Owners are roles, never people.",
    ),
    "reading-data": (
        "Alles staat ook als gegevens naast deze pagina: inventory.json en de map csv.",
        "Everything is also there as data beside this page: inventory.json and the folder csv.",
    ),
    # Summary
    "summary": ("Samenvatting", "Summary"),
    "municipalities": ("gemeenten", "municipalities"),
    "municipalities-one": ("gemeente", "municipality"),
    "inhabitants": ("{count} inwoners", "{count} inhabitants"),
    "sites": ("locaties", "sites"),
    "sites-one": ("locatie", "site"),
    "sites-note": ("{count} met een reserveverbinding", "{count} with a backup link"),
    "zones": ("netwerkzones", "network zones"),
    "zones-one": ("netwerkzone", "network zone"),
    "zones-note": ("routeringsinstanties: {count}", "routing instances: {count}"),
    "links": ("verbindingen", "links"),
    "links-one": ("verbinding", "link"),
    "links-note": ("{count} op de ruggengraat", "{count} on the backbone"),
    "devices": ("toestellen", "devices"),
    "devices-one": ("toestel", "device"),
    "devices-note": ("{count} in dienst", "{count} in service"),
    "unsupported": ("toestellen buiten ondersteuning", "devices out of support"),
    "unsupported-one": ("toestel buiten ondersteuning", "device out of support"),
    "unsupported-note": ("{count} met onbekend einde", "{count} with an unknown end"),
    "findings": ("open bevindingen", "open findings"),
    "findings-one": ("open bevinding", "open finding"),
    "findings-note": ("{count} tijdelijk aanvaard", "{count} accepted for a while"),
    "waivers": ("afwijkingen die lopen", "waivers running"),
    "waivers-one": ("afwijking die loopt", "waiver running"),
    "waivers-note": ("einde binnen {days} dagen: {count}", "ending within {days} days: {count}"),
    "contracts": ("raamcontracten die lopen", "frame contracts running"),
    "contracts-one": ("raamcontract dat loopt", "frame contract running"),
    "contracts-note": ("einde binnen {days} dagen: {count}", "ending within {days} days: {count}"),
    "tenants": ("tenants in de cloud", "tenants in the cloud"),
    "tenants-one": ("tenant in de cloud", "tenant in the cloud"),
    "tenants-note": ("virtuele servers gepland: {count}", "virtual servers planned: {count}"),
    "flows": ("toegelaten stromen", "allowed flows"),
    "flows-one": ("toegelaten stroom", "allowed flow"),
    "flows-note": ("{count} geregistreerd", "{count} registered"),
    "by-state": ("Toestellen per toestand", "Devices by state"),
    "by-ring": ("Toestellen per profiel en ring", "Devices by profile and ring"),
    "state": ("Toestand", "State"),
    "count": ("Aantal", "Count"),
    "share": ("Aandeel", "Share"),
    "total": ("Totaal", "Total"),
    "quota-use": ("Gebruik van de quota", "Use of the quotas"),
    "quota-why": (
        "Wat elke gemeente wil gebruiken tegenover wat haar quotaklasse toelaat.",
        "What each municipality wants to use against what its quota class allows.",
    ),
    "quota-most": (
        "De {count} gemeenten die hun quota het meest gebruiken; alle andere staan bij Tenants en quota.",
        "The {count} municipalities that use most of their quota; all others stand under Tenants and quotas.",
    ),
    "municipality": ("Gemeente", "Municipality"),
    "quota": ("Quotaklasse", "Quota class"),
    "servers-use": ("Servers", "Servers"),
    "storage-use": ("Opslag (GiB)", "Storage (GiB)"),
    "of": ("{used} van {limit}", "{used} of {limit}"),
    "attention": ("Wat aandacht vraagt", "What asks for attention"),
    "attention-none": (
        "Uit wat beschreven en gepland is, volgt niets dat nu aandacht vraagt. Dat is geen oordeel over de echte "
        "toestand.",
        "Nothing in what is declared and planned asks for attention now. That is no verdict on the real state.",
    ),
    "attention-findings": ("open bevindingen: {count}", "open findings: {count}"),
    "attention-unsupported": (
        "toestellen in gebruik zonder ondersteuning van de maker: {count}",
        "devices in use that their maker no longer supports: {count}",
    ),
    "attention-unknown": (
        "toestellen in gebruik met onbekend einde van de ondersteuning: {count}",
        "devices in use with an unknown end of support: {count}",
    ),
    "attention-lost": ("verloren toestellen: {count}", "devices lost: {count}"),
    "attention-contract": ("contract {id} eindigt op {end}", "contract {id} ends on {end}"),
    "attention-ended": ("contract {id} is geëindigd op {end}", "contract {id} ended on {end}"),
    "attention-waiver": ("afwijking {id} eindigt op {end}", "waiver {id} ends on {end}"),
    "attention-quota": ("{name} gebruikt {percent} % van zijn servers", "{name} uses {percent} % of its servers"),
    # Pictures
    "map": ("Kaart van locaties en verbindingen", "Map of sites and links"),
    "map-why": (
        "Ware ligging, het noorden boven. Verbindingen zijn rechte lijnen tussen hun einden, geen tracés.",
        "True positions, north at the top. Links are straight lines between their ends, not routes.",
    ),
    "map-desc": (
        "{towns} gemeenten, {sites} locaties en {links} verbindingen; dezelfde gegevens staan in de tabellen Locaties "
        "en Verbindingen.",
        "{towns} municipalities, {sites} sites and {links} links; the same facts stand in the tables Sites and Links.",
    ),
    "map-left-out": (
        "{count} namen passen niet en staan alleen in de tabel.",
        "{count} names do not fit and stand in the table only.",
    ),
    "map-large": (
        "Op deze schaal staan alleen knooppunten, ruggengraat en locaties; de andere verbindingen staan in de tabel.",
        "At this scale only hubs, backbone and sites are drawn; the other links stand in the table.",
    ),
    "topology": ("Opbouw van het netwerk", "Structure of the network"),
    "topology-why": (
        "Logisch, niet op schaal: externe netwerken in het midden, daarrond de ring van knooppunten, en buiten elk "
        "knooppunt zijn locaties.",
        "Logical, not to scale: upstream networks in the middle, the ring of hubs around them, and outside each hub "
        "its sites.",
    ),
    "topology-desc": (
        "{upstreams} externe netwerken, {datacentres} datacentra, {hubs} knooppunten en {edges} andere locaties.",
        "{upstreams} upstream networks, {datacentres} datacentres, {hubs} hubs and {edges} other sites.",
    ),
    "elevations": ("Rekken van de datacentra", "Racks of the datacentres"),
    "elevations-why": (
        "Wat in elk rek staat, van voren gezien; eenheden (U) tellen van onder. Wijs een machine aan voor haar "
        "vermogen en voedingen.",
        "What stands in each rack, seen from the front; units (U) count from the bottom. Point at a machine for its "
        "power and feeds.",
    ),
    "elevations-desc": ("{racks} rekken met {machines} machines.", "{racks} racks with {machines} machines."),
    "legend-compute": ("Rekenen", "Computing"),
    "legend-storage": ("Opslag", "Storage"),
    "legend-control": ("Sturing en netwerk", "Control and network"),
    "legend-switch": ("Switch van een rek", "Switch"),
    "legend-datacentre": ("Datacentrum", "Datacentre"),
    "legend-hub": ("Knooppunt van een gemeente", "Hub of a municipality"),
    "legend-site": ("Locatie", "Site"),
    "legend-backbone": ("Ruggengraat", "Backbone"),
    "legend-access": ("Toegang", "Access"),
    "legend-tunnel": ("Toegang door een tunnel", "Access through a tunnel"),
    "legend-backup": ("Reserve", "Backup"),
    "legend-upstream": ("Extern netwerk", "Upstream network"),
    "legend-direct": ("Locatie, rechtstreeks op het knooppunt", "Site, straight to the hub"),
    "legend-tunnelled": ("Locatie, door een tunnel naar de datacentra", "Site, through a tunnel to the datacentres"),
    "site-count": ("{count} locaties", "{count} sites"),
    "site-one": ("1 locatie", "1 site"),
    # Municipalities
    "per-municipality": ("Per gemeente", "By municipality"),
    "per-municipality-why": (
        "Open een gemeente voor haar locaties, tenant en toestellen.",
        "Open a municipality for its sites, tenant and devices.",
    ),
    "open-all": ("Alles openen", "Open all"),
    "close-all": ("Alles sluiten", "Close all"),
    "town-line": (
        "locaties: {sites}, zones: {zones}, toestellen: {devices}",
        "sites: {sites}, zones: {zones}, devices: {devices}",
    ),
    "nis": ("NIS-code", "NIS code"),
    "population": ("Inwoners", "Inhabitants"),
    "owner": ("Eigenaar (rol)", "Owner (role)"),
    "blocks": ("Adresblokken", "Address blocks"),
    "asn": ("AS-nummer", "AS number"),
    "hub": ("Knooppunt", "Hub"),
    "entities": ("Entiteiten", "Entities"),
    "tenant": ("Tenant en quota", "Tenant and quota"),
    "no-tenant": ("Geen deel van de gedeelde cloud.", "No share of the cloud."),
    "tenant-servers": ("Servers (gepland van toegelaten)", "Servers (planned of allowed)"),
    "tenant-cores": ("Cores toegelaten", "Cores allowed"),
    "tenant-ram": ("Geheugen toegelaten", "Memory allowed"),
    "tenant-storage": ("Opslag (gepland van toegelaten)", "Storage (planned of allowed)"),
    "tenant-services": ("Gedeelde diensten", "Shared services"),
    "tenant-networks": ("Netwerken", "Networks"),
    "town-devices": ("Toestellen per profiel en ring", "Devices by profile and ring"),
    "town-sites": ("Locaties", "Sites"),
    "no-devices": ("Geen toestellen.", "No devices."),
    "devices-of": ("Toestellen van {name}", "Devices of {name}"),
    "zones-of": ("Zones van {name}", "Zones of {name}"),
    "sites-of": ("Locaties van {name}", "Sites of {name}"),
    "profile": ("Profiel", "Profile"),
    "no-ring": ("geen ring", "no ring"),
    "site-kind": ("Soort", "Kind"),
    "class": ("ICR-klasse", "ICR class"),
    "entity": ("Entiteit", "Entity"),
    "address": ("Adres", "Address"),
    "link": ("Verbinding", "Link"),
    "backup": ("Reserve", "Backup"),
    "no-backup": ("geen", "none"),
    "contract": ("Contract", "Contract"),
    "router": ("Router", "Router"),
    "site-blocks": ("Adressen", "Addresses"),
    "datacentre": ("Datacentrum", "Datacentre"),
    "zone": ("Zone", "Zone"),
    "kind-of-zone": ("Soort", "Kind"),
    "vlan": ("VLAN", "VLAN"),
    "ipv4": ("IPv4", "IPv4"),
    "ipv6": ("IPv6", "IPv6"),
    "device-count": ("Toestellen", "Devices"),
    "zone-count": ("Zones", "Zones"),
    # Tables
    "tables": ("Alle tabellen", "All tables"),
    "tables-why": (
        "Zoek hier in alle tabellen tegelijk, of in elke tabel apart. Het adres van de pagina onthoudt wat u zoekt, "
        "zodat u een selectie kunt doorgeven.",
        "Search all tables at once here, or each table apart. The address of the page keeps what you look for, so "
        "that you can pass on a selection.",
    ),
    "search-all": ("Zoek in alle tabellen", "Search all tables"),
    "search-in": ("Zoek in {title}", "Search {title}"),
    "filter-any": ("alle", "all"),
    "clear": ("Wis zoeken en filters", "Clear search and filters"),
    "rows": ("{count} rijen", "{count} rows"),
    "one-row": ("1 rij", "1 row"),
    "no-rows": ("Geen rijen in dit verslag.", "No rows in this report."),
    "shown": ("{shown} van {count} rijen", "{shown} of {count} rows"),
    "page-of": ("bladzijde {page} van {pages}", "page {page} of {pages}"),
    "previous": ("Vorige", "Previous"),
    "next": ("Volgende", "Next"),
    "csv-file": ("Als CSV: {file}", "As CSV: {file}"),
    "pages-of": ("Bladzijden van {title}", "Pages of {title}"),
    "paper-table": (
        "Deze tabel heeft {count} rijen, te veel voor papier (grens: {limit}). Alle rijen staan in {file}. Wie op het "
        "scherm eerst zoekt of filtert tot er minder overblijven, drukt die rijen af.",
        "This table has {count} rows, too many for paper (limit: {limit}). All of them are in {file}. Search or filter "
        "on the screen until fewer are left to print those rows.",
    ),
    "paper-sites": (
        "Elke locatie is een rij van de tabel Locaties. Het verslag van deze gemeente alleen "
        "(virgem report --tenant {nis}) drukt van elke locatie ook zones en toestellen af.",
        "Every site is a row of the table Sites. The report of this municipality alone (virgem report --tenant {nis}) "
        "prints zones and devices of every site too.",
    ),
    "long-table": (
        "Deze tabel heeft {count} rijen. Ze staan volledig in {file}; met JavaScript zijn ze hier te doorzoeken.",
        "This table has {count} rows. All of them are in {file}; with JavaScript they can be searched here.",
    ),
    "huge-table": (
        "Deze tabel heeft {count} rijen, te veel voor deze pagina (grens: {limit}). Ze staan volledig in {file}.",
        "This table has {count} rows, too many for this page (limit: {limit}). All of them are in {file}.",
    ),
    "counts-of": ("{title}: aantal per {head}", "{title}: count by {head}"),
    "empty": ("leeg", "empty"),
    "foot": (
        "Gemaakt door virgem {version} uit estate {estate}, toestand op {date}. Eigen woorden; niet beoordeeld door "
        "V-ICT-OR, het CCB of Audit Vlaanderen.",
        "Made by virgem {version} from estate {estate}, state on {date}. Own words; not assessed by V-ICT-OR, the CCB "
        "or Audit Vlaanderen.",
    ),
}
