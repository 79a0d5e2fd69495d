package oracle

import (
	"reflect"
	"sort"
	"strings"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	api "k8s.io/kubernetes/pkg/apis/core"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

const appArmorContainer = "container.apparmor.security.beta.kubernetes.io/"

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
		if hasSeccompField(bs) {
			set["seccompFromField"] = true
		} else {
			set["seccompDefault"] = true
		}
	}
	if !apiequality.Semantic.DeepEqual(before.Spec.RuntimeClassName, after.Spec.RuntimeClassName) {
		set["runtimeClass"] = true
	}
	for k, v := range after.Annotations {
		if strings.HasPrefix(k, appArmorContainer) && before.Annotations[k] != v {
			set["appArmor"] = true
		}
	}
	was, is := allContainers(&before.Spec), allContainers(&after.Spec)
	for i := range is {
		b, a := was[i].SecurityContext, is[i].SecurityContext
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
	}
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func allContainers(spec *api.PodSpec) []api.Container {
	out := append(append([]api.Container{}, spec.InitContainers...), spec.Containers...)
	for i := range spec.EphemeralContainers {
		out = append(out, api.Container(spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
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
