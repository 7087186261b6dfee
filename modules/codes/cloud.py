"""7xx: the shared cloud: quotas, servers, volumes, names and data."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E701",
        "More servers than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E702",
        "More cores than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E703",
        "More memory than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E704",
        "More volumes than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E705",
        "More storage than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E706",
        "More network ports than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. Every "
        "server and load balancer has a port.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E707",
        "More DNS records than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. Every "
        "server and every name has an A and an AAAA record.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E708",
        "More load balancers than the quota",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "W709",
        "Quotas that promise more than there is",
        "The quotas of all tenants add up to more than the datacentres can promise: cores four times, memory once, "
        "storage one and a half times what they have. The factors are a choice of this project.",
        "Grant smaller classes, or enlarge a datacentre.",
    ),
    Rule(
        "E710",
        "More declared than the datacentres hold",
        "The servers and volumes that are declared do not fit; cores may be shared by four.",
        "Enlarge a datacentre, or declare less.",
    ),
    Rule(
        "E711",
        "A volume on a server that is not there",
        "The server's count is 0.",
        "Raise the count, or attach the volume elsewhere.",
    ),
    Rule(
        "W712",
        "A volume on one of several servers",
        "A volume is attached to one server; here there are several alike, and the first gets it.",
        "Give the server that holds data a name of its own.",
    ),
    Rule(
        "E713",
        "Confidential data unencrypted",
        "Data of confidentiality 3 and higher are encrypted at rest.",
        "Add `encrypted: true`.",
        (
            "PR.DS-01",
            "ICR",
        ),
    ),
    Rule(
        "E714",
        "Important data without backup",
        "Data of integrity or availability 3 and higher are backed up in the other datacentre.",
        "Add `backup: true`.",
        ("PR.DS-11.1",),
    ),
    Rule(
        "W715",
        "A data set on no volume",
        "Nothing says where the data are.",
        "Name the data set at its volume.",
    ),
    Rule(
        "W716",
        "A DNS name outside the municipality's domain",
        "The name lies outside the tenant's own zone, so a zone of its own is made for it.",
        "Take a name within the domain; waive it when the municipality owns the other domain.",
    ),
    Rule(
        "E717",
        "A DNS name without one target",
        "A name points to a server, a load balancer or another name: to one of them.",
        "Name one target.",
    ),
    Rule(
        "E718",
        "An alias that leads back to itself",
        "Following the aliases ends where it began, so the name never resolves.",
        "Let one of the names point to a server.",
    ),
    Rule(
        "E719",
        "A DNS name of two tenants",
        "One name can have one owner.",
        "One of the two keeps it.",
    ),
    Rule(
        "W720",
        "A load balancer with nothing to choose",
        "With fewer than two servers behind it a load balancer only adds a part that can fail.",
        "Raise the server's count, or point the name at the server.",
        ("PR.IR-04.1",),
    ),
    Rule(
        "E721",
        "Two load balancers that do the same",
        "They spread the same port over the same servers.",
        "Keep one of them.",
    ),
    Rule(
        "E722",
        "A load balancer to a closed port",
        "The servers list the ports they offer, and this one is not among them.",
        "Correct `server-port`, or add the port to `serves`.",
    ),
    Rule(
        "W723",
        "A shared service that nobody uses",
        "No municipality, zone kind or flow uses it.",
        "Name it at a municipality, or delete it.",
    ),
    Rule(
        "E724",
        "An unknown server size",
        "The cloud offers the sizes small, medium, large and xlarge.",
        "Choose one of them.",
    ),
    Rule(
        "E725",
        "An unknown image",
        "The cloud has no image of this name.",
        "Choose one that the message names.",
    ),
    Rule(
        "W726",
        "Personal data without an owner",
        "A data set with personal data names the role that answers for it (GDPR, article 24).",
        "Add `owner`.",
    ),
    Rule(
        "W727",
        "A critical service on one server",
        "A shared service of class 3 and higher survives the loss of a server.",
        "Plan two servers or more.",
        ("PR.IR-04.1",),
    ),
    Rule(
        "W728",
        "Secret data without a key",
        "Data of confidentiality 4 and higher name the place their encryption key is kept.",
        "Add `secret`.",
    ),
    Rule(
        "E729",
        "Confidential data in the DMZ",
        "What stands in a DMZ has a connection to public networks; data of confidentiality 3 and higher are reached "
        "through an application.",
        "Attach the volume to a server of the data tier.",
        ("ICR network zones",),
    ),
    Rule(
        "W730",
        "A server of a lower class than its data",
        "A server is at least of the highest class of the data it holds.",
        "Raise its class.",
    ),
    Rule(
        "E731",
        "A tenant without a datacentre",
        "The estate has no datacentre in which the tenant's servers could stand.",
        "Add `datacentres`.",
    ),
    Rule(
        "W732",
        "A public name into the back",
        "Names lead users to servers of the data or management tier, which only applications and managers reach.",
        "Point to the application or its load balancer.",
    ),
)
