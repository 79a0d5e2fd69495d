//go:build oldserver

// Package openapi takes the place of a package of Kubernetes whose contents are generated.
package openapi

import (
	"reflect"

	"github.com/go-openapi/spec"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apiserver"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"
	aggregator "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// GetOpenAPIDefinitions stands for the file that Kubernetes generates when it is built, which is not published
// with its module: objects with no more than their names.
func GetOpenAPIDefinitions(common.ReferenceCallback) map[string]common.OpenAPIDefinition {
	found := map[string]common.OpenAPIDefinition{}
	add := func(t reflect.Type) {
		schema := spec.Schema{SchemaProps: spec.SchemaProps{Type: []string{"object"}}}
		found[t.PkgPath()+"."+t.Name()] = common.OpenAPIDefinition{Schema: schema}
	}
	for _, scheme := range []*runtime.Scheme{legacyscheme.Scheme, apiextensions.Scheme, aggregator.Scheme} {
		for _, t := range scheme.AllKnownTypes() {
			add(t)
		}
	}
	for _, each := range []interface{}{
		metav1.Status{}, metav1.Patch{}, metav1.DeleteOptions{}, metav1.WatchEvent{}, metav1.APIVersions{},
		metav1.APIGroup{}, metav1.APIGroupList{}, metav1.APIResourceList{}, metav1.Time{}, version.Info{},
	} {
		add(reflect.TypeOf(each))
	}
	return found
}
