package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	apirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	registrypod "k8s.io/kubernetes/pkg/registry/core/pod"
)

// registry is the part of a request that the pods' registry has: the objects, and what it does to them.
type registry struct {
	pod             *api.Pod
	old             *api.Pod
	operation       admission.Operation
	namespace       string
	subresource     string
	generatesName   bool
	inventedVersion bool
}

func newRegistry(c *testCase) (*registry, error) {
	r := &registry{operation: admission.Operation(c.Operation), namespace: c.Namespace, subresource: c.Subresource}
	if r.operation == "" {
		r.operation = admission.Create
	}
	var err error
	if r.pod, err = decodePod(c.Object, c.Namespace); err != nil {
		return nil, err
	}
	if r.generatesName = r.pod.Name == "" && r.pod.GenerateName != ""; r.generatesName {
		r.pod.Name = r.pod.GenerateName + "bcdfg"
	}
	switch r.operation {
	case admission.Create:
		return r, nil
	case admission.Update:
		if r.old, err = decodePod(c.OldObject, c.Namespace); err != nil {
			return nil, fmt.Errorf("oldObject: %w", err)
		}
	default:
		return nil, fmt.Errorf("operation %q: it has to be CREATE or UPDATE", c.Operation)
	}
	// A stored object has a version, and an update says which one it means.
	if r.pod.ResourceVersion == "" || r.old.ResourceVersion == "" {
		r.inventedVersion = true
		r.pod.ResourceVersion, r.old.ResourceVersion = "1", "1"
	}
	return r, nil
}

// decodePod reads a pod as the server does: defaults are set, the namespace is that of the request.
func decodePod(data []byte, namespace string) (*api.Pod, error) {
	if len(bytes.TrimSpace(data)) == 0 || bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil, fmt.Errorf("there is no pod")
	}
	info, ok := runtime.SerializerInfoForMediaType(legacyscheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	if !ok {
		return nil, fmt.Errorf("there is no serializer of JSON")
	}
	kind := corev1.SchemeGroupVersion.WithKind("Pod")
	hub := schema.GroupVersion{Version: runtime.APIVersionInternal}
	pod := &api.Pod{}
	_, got, err := legacyscheme.Codecs.DecoderToVersion(info.Serializer, hub).Decode(json.RawMessage(data), &kind, pod)
	if err != nil {
		return nil, err
	}
	if got.Kind != kind.Kind {
		return nil, fmt.Errorf("it is a %s and no pod", got.Kind)
	}
	if pod.Namespace == "" {
		pod.Namespace = namespace
	}
	// The server makes them up; here the same input gives the same answer.
	pod.UID = "00000000-0000-0000-0000-000000000000"
	pod.CreationTimestamp = metav1.Unix(0, 0)
	return pod, nil
}

func (r *registry) context() context.Context {
	verb := "create"
	if r.operation == admission.Update {
		verb = "update"
	}
	ctx := apirequest.WithNamespace(context.Background(), r.namespace)
	return apirequest.WithRequestInfo(ctx, &apirequest.RequestInfo{
		IsResourceRequest: true, Verb: verb, APIVersion: "v1", Resource: "pods",
		Subresource: r.subresource, Namespace: r.namespace, Name: r.pod.Name,
	})
}

// prepare does what comes between mutating and validating admission: fields of features that are off are
// dropped, and the pod is validated.
func (r *registry) prepare(ctx context.Context) error {
	if r.operation == admission.Create {
		return rest.BeforeCreate(registrypod.Strategy, ctx, r.pod)
	}
	switch r.subresource {
	case "":
		return rest.BeforeUpdate(registrypod.Strategy, ctx, r.pod, r.old)
	case "ephemeralcontainers":
		return rest.BeforeUpdate(registrypod.EphemeralContainersStrategy, ctx, r.pod, r.old)
	case "resize":
		return rest.BeforeUpdate(registrypod.ResizeStrategy, ctx, r.pod, r.old)
	}
	return fmt.Errorf("subresource %q: it has to be ephemeralcontainers or resize", r.subresource)
}
