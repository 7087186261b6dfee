package main

import (
	"regexp"
	"strings"
)

// The modules of the package that are not called as in Terraform.
var modules = map[string]string{"db": "database", "fw": "firewall", "lb": "loadbalancer"}

// The four things that the package does not name by rule.
var exceptions = map[string]string{
	"openstack_blockstorage_quotaset_v3":                    "openstack:blockstorage/quoteSetV3:QuoteSetV3",
	"openstack_objectstorage_object_v1":                     "openstack:objectstorage/containerObject:ContainerObject",
	"data.openstack_dns_zone_v2":                            "openstack:dns/getDnsZone:getDnsZone",
	"data.openstack_sharedfilesystem_availability_zones_v2": "openstack:sharedfilesystem/getAvailbilityZones:getAvailbilityZones",
}

var apiVersion = regexp.MustCompile(`_v(\d+)$`)

// knownTokens finds the tokens of the Python package, whatever their case.
type knownTokens map[string]string

func newTokens(published []string) knownTokens {
	found := knownTokens{}
	for _, token := range published {
		found[strings.ToLower(token)] = token
	}
	return found
}

// resource returns the token of a Terraform resource, or "" when the package has none.
func (known knownTokens) resource(terraform string) string { return known.find(terraform, "", "") }

// function returns the token of a Terraform data source, or "" when the package has none.
func (known knownTokens) function(terraform string) string {
	return known.find(terraform, "data.", "get")
}

// find tries the names by which the package may know a thing: `openstack_networking_port_v2` is networking/port:Port,
// a version stays where two are there (blockstorage/volumeV2), and what has no module of its own lies in `index`.
func (known knownTokens) find(terraform, exception, verb string) string {
	if token, ok := exceptions[exception+terraform]; ok {
		return known[strings.ToLower(token)]
	}
	bare := strings.TrimPrefix(terraform, "openstack_")
	version := strings.TrimPrefix(apiVersion.FindString(bare), "_")
	bare = apiVersion.ReplaceAllString(bare, "")
	module, rest, _ := strings.Cut(bare, "_")
	if other, ok := modules[module]; ok {
		module = other
	}
	short, long := verb+strings.ReplaceAll(rest, "_", ""), verb+strings.ReplaceAll(bare, "_", "")
	for _, candidate := range [][2]string{{module, short + version}, {module, short}, {"index", long + version}, {"index", long}} {
		token := "openstack:" + candidate[0] + "/" + candidate[1] + ":" + candidate[1]
		if found, ok := known[strings.ToLower(token)]; ok {
			return found
		}
	}
	return ""
}
