package oracle

import (
	"reflect"
	"sort"
	"strings"

	v1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	api "k8s.io/kubernetes/pkg/apis/core"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

// Mutations names the ways in which a policy changed the pod.
func Mutations(before, after *api.Pod) []string {
	set := map[string]bool{}
	bs, as := before.Spec.SecurityContext, after.Spec.SecurityContext
	if bs == nil {
		bs = &api.PodSecurityContext{}
	}
	if as == nil {
		as = &api.PodSecurityContext{}
	}
	if !apiequality.Semantic.DeepEqual(bs.SupplementalGroups, as.SupplementalGroups) {
		set["supplementalGroups"] = true
	}
	if !apiequality.Semantic.DeepEqual(bs.FSGroup, as.FSGroup) {
		set["fsGroup"] = true
	}
	if !apiequality.Semantic.DeepEqual(bs.SELinuxOptions, as.SELinuxOptions) {
		set["seLinux"] = true
	}
	if before.Annotations[api.SeccompPodAnnotationKey] != after.Annotations[api.SeccompPodAnnotationKey] {
		if bs.SeccompProfile != nil {
			set["seccompFromField"] = true
		} else {
			set["seccompDefault"] = true
		}
	}
	if !apiequality.Semantic.DeepEqual(before.Spec.RuntimeClassName, after.Spec.RuntimeClassName) {
		set["runtimeClass"] = true
	}
	for k, v := range after.Annotations {
		if strings.HasPrefix(k, v1.AppArmorBetaContainerAnnotationKeyPrefix) && before.Annotations[k] != v {
			set["appArmor"] = true
		}
	}
	var list []*api.Container
	podutil.VisitContainers(&before.Spec, podutil.AllContainers, func(c *api.Container, _ podutil.ContainerType) bool {
		list = append(list, c)
		return true
	})
	i := 0
	podutil.VisitContainers(&after.Spec, podutil.AllContainers, func(c *api.Container, _ podutil.ContainerType) bool {
		b, a := list[i].SecurityContext, c.SecurityContext
		i++
		if b == nil {
			b = &api.SecurityContext{}
		}
		if a == nil {
			a = &api.SecurityContext{}
		}
		diff := func(name string, x, y interface{}) {
			if !apiequality.Semantic.DeepEqual(x, y) {
				set[name] = true
			}
		}
		diff("runAsUser", b.RunAsUser, a.RunAsUser)
		diff("runAsGroup", b.RunAsGroup, a.RunAsGroup)
		diff("runAsNonRoot", b.RunAsNonRoot, a.RunAsNonRoot)
		diff("seLinuxContainer", b.SELinuxOptions, a.SELinuxOptions)
		diff("readOnlyRootFilesystem", b.ReadOnlyRootFilesystem, a.ReadOnlyRootFilesystem)
		bc, ac := b.Capabilities, a.Capabilities
		if bc == nil {
			bc = &api.Capabilities{}
		}
		if ac == nil {
			ac = &api.Capabilities{}
		}
		if !sameSet(bc.Add, ac.Add) {
			set["capabilitiesAdd"] = true
		}
		if !sameSet(bc.Drop, ac.Drop) {
			set["capabilitiesDrop"] = true
		}
		if !apiequality.Semantic.DeepEqual(b.AllowPrivilegeEscalation, a.AllowPrivilegeEscalation) && a.AllowPrivilegeEscalation != nil {
			if *a.AllowPrivilegeEscalation {
				set["allowPrivilegeEscalationTrue"] = true
			} else {
				set["allowPrivilegeEscalationFalse"] = true
			}
		}
		return true
	})
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func sameSet(a, b []api.Capability) bool {
	x, y := map[api.Capability]bool{}, map[api.Capability]bool{}
	for _, c := range a {
		x[c] = true
	}
	for _, c := range b {
		y[c] = true
	}
	return reflect.DeepEqual(x, y)
}
