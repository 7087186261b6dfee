// Command pulumi-resource-openstack joins the Pulumi engine to the Terraform provider for OpenStack.
//
// It is for machines that cannot fetch the vendor's build of the same bridge. It names every resource, function and
// property as the Python package pulumi-openstack does: the tokens come from that package (tokens.txt, written when this
// is built), the property names from the bridge's own rule, both compared with the package by the tests.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/v3/openstack"
)

const name = "openstack"

// version is that of the Python package; the linker sets it.
var version = "0.0.0"

//go:embed tokens.txt
var published string

func main() {
	info := provider()
	if len(os.Args) > 1 && os.Args[1] == "-names" {
		printNames(info)
		return
	}
	tfbridge.Main(name, version, info, []byte(fmt.Sprintf(`{"name":%q,"version":%q}`, name, version)))
}

// provider maps every resource and data source of the Terraform provider that the Python package knows.
func provider() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            sdkv2.NewProvider(openstack.Provider()),
		Name:         name,
		Version:      version,
		Config:       configuration(),
		Resources:    map[string]*tfbridge.ResourceInfo{},
		DataSources:  map[string]*tfbridge.DataSourceInfo{},
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
	}
	known := newTokens(strings.Fields(published))
	info.P.ResourcesMap().Range(func(terraform string, _ shim.Resource) bool {
		if token := known.resource(terraform); token != "" {
			info.Resources[terraform] = &tfbridge.ResourceInfo{Tok: tokens.Type(token), Fields: fields[terraform]}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, terraform)
		}
		return true
	})
	info.P.DataSourcesMap().Range(func(terraform string, _ shim.Resource) bool {
		if token := known.function(terraform); token != "" {
			info.DataSources[terraform] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token)}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, terraform)
		}
		return true
	})
	info.SetAutonaming(255, "-")
	return info
}

// fields holds the properties that the package does not name by the bridge's rule.
var fields = map[string]map[string]*tfbridge.SchemaInfo{
	"openstack_orchestration_stack_v1": {"outputs": {Name: "StackOutputs"}},
}

// configuration gives what the program leaves out its value from the environment, as OpenStack's own clients do.
func configuration() map[string]*tfbridge.SchemaInfo {
	found := map[string]*tfbridge.SchemaInfo{}
	for setting, variable := range map[string]string{
		"region": "OS_REGION_NAME", "cloud": "OS_CLOUD", "endpoint_type": "OS_ENDPOINT_TYPE",
		"insecure": "OS_INSECURE", "swauth": "OS_SWAUTH",
		"delayed_auth": "OS_DELAYED_AUTH", "allow_reauth": "OS_ALLOW_REAUTH",
	} {
		found[setting] = &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: []string{variable}}}
	}
	return found
}

// printNames writes the property names of every resource by token, as JSON.
func printNames(info tfbridge.ProviderInfo) {
	found := map[string][]string{}
	info.P.ResourcesMap().Range(func(terraform string, resource shim.Resource) bool {
		if mapped, ok := info.Resources[terraform]; ok {
			found[string(mapped.Tok)] = propertyNames(resource.Schema(), mapped.Fields)
		}
		return true
	})
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func propertyNames(schema shim.SchemaMap, overrides map[string]*tfbridge.SchemaInfo) []string {
	names := []string{}
	schema.Range(func(property string, _ shim.Schema) bool {
		if property != "id" {
			names = append(names, tfbridge.TerraformToPulumiNameV2(property, schema, overrides))
		}
		return true
	})
	sort.Strings(names)
	return names
}
