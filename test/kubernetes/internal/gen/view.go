package gen

import (
	"strings"

	v1 "k8s.io/api/core/v1"

	"kubectl-psp/reference/internal/oracle"
)

// view is what a policy sees of a pod.
type view struct {
	pod  *v1.Pod
	ctrs []*v1.Container
}

func viewOf(pod M) (*view, error) {
	in, err := oracle.DecodePod(raw(pod))
	if err != nil {
		return nil, err
	}
	out, err := oracle.PodToV1(in)
	if err != nil {
		return nil, err
	}
	v := &view{pod: out}
	for i := range out.Spec.InitContainers {
		v.ctrs = append(v.ctrs, &out.Spec.InitContainers[i])
	}
	for i := range out.Spec.Containers {
		v.ctrs = append(v.ctrs, &out.Spec.Containers[i])
	}
	for i := range out.Spec.EphemeralContainers {
		c := v1.Container(out.Spec.EphemeralContainers[i].EphemeralContainerCommon)
		v.ctrs = append(v.ctrs, &c)
	}
	if out.Spec.SecurityContext == nil {
		out.Spec.SecurityContext = &v1.PodSecurityContext{}
	}
	for _, c := range v.ctrs {
		if c.SecurityContext == nil {
			c.SecurityContext = &v1.SecurityContext{}
		}
	}
	return v, nil
}

func (v *view) privileged() bool {
	for _, c := range v.ctrs {
		if p := c.SecurityContext.Privileged; p != nil && *p {
			return true
		}
	}
	return false
}

func (v *view) hostPorts() []int64 {
	var out []int64
	for _, c := range v.ctrs {
		for _, p := range c.Ports {
			if p.HostPort > 0 {
				out = append(out, int64(p.HostPort))
			}
		}
	}
	return out
}

func (v *view) users() (set []int64, unset int, nonRootOK bool) {
	nonRootOK = true
	for _, c := range v.ctrs {
		u, n := c.SecurityContext.RunAsUser, c.SecurityContext.RunAsNonRoot
		if u == nil {
			u = v.pod.Spec.SecurityContext.RunAsUser
		}
		if n == nil {
			n = v.pod.Spec.SecurityContext.RunAsNonRoot
		}
		if u == nil {
			unset++
		} else {
			set = append(set, *u)
			if *u == 0 {
				nonRootOK = false
			}
		}
		if n != nil && !*n {
			nonRootOK = false
		}
	}
	return
}

func (v *view) groups() (set []int64, unset int) {
	for _, c := range v.ctrs {
		g := c.SecurityContext.RunAsGroup
		if g == nil {
			g = v.pod.Spec.SecurityContext.RunAsGroup
		}
		if g == nil {
			unset++
		} else {
			set = append(set, *g)
		}
	}
	return
}

func (v *view) seLinux() []*v1.SELinuxOptions {
	var out []*v1.SELinuxOptions
	if o := v.pod.Spec.SecurityContext.SELinuxOptions; o != nil {
		out = append(out, o)
	}
	for _, c := range v.ctrs {
		if o := c.SecurityContext.SELinuxOptions; o != nil {
			out = append(out, o)
		}
	}
	return out
}

func (v *view) capAdds() []string {
	var out []string
	for _, c := range v.ctrs {
		if c.SecurityContext.Capabilities != nil {
			for _, x := range c.SecurityContext.Capabilities.Add {
				out = append(out, string(x))
			}
		}
	}
	return uniq(out)
}

// noEscalation tells whether allowPrivilegeEscalation false would fit.
func (v *view) noEscalation() (ok, unset bool) {
	ok = true
	for _, c := range v.ctrs {
		sc := c.SecurityContext
		if sc.AllowPrivilegeEscalation != nil {
			if *sc.AllowPrivilegeEscalation {
				ok = false
			}
			continue
		}
		unset = true
		if sc.Privileged != nil && *sc.Privileged {
			ok = false
		}
		if sc.Capabilities != nil {
			for _, x := range sc.Capabilities.Add {
				if x == "SYS_ADMIN" || x == "CAP_SYS_ADMIN" {
					ok = false
				}
			}
		}
	}
	return
}

func (v *view) writableRoot() bool {
	for _, c := range v.ctrs {
		if x := c.SecurityContext.ReadOnlyRootFilesystem; x != nil && !*x {
			return true
		}
	}
	return false
}

// seccomp returns the profile of the pod and those of the containers.
func (v *view) seccomp() (string, []string) {
	a := v.pod.Annotations
	pod := a[seccompPod]
	field := ""
	if p, ok := podProfile(v.pod.Spec.SecurityContext); ok {
		field = p
		if pod == "" {
			pod = field
		}
	}
	var ctrs []string
	for _, c := range v.ctrs {
		if p, ok := containerProfile(c.SecurityContext); ok {
			ctrs = append(ctrs, p)
		} else if x, ok := a[seccompContainer+c.Name]; ok {
			ctrs = append(ctrs, x)
		} else if field != "" {
			ctrs = append(ctrs, field)
		} else {
			ctrs = append(ctrs, pod)
		}
	}
	return pod, ctrs
}

func (v *view) appArmor() (set []string, unset int) {
	for _, c := range v.ctrs {
		if p := v.pod.Annotations[appArmorContainer+c.Name]; p != "" {
			set = append(set, p)
		} else {
			unset++
		}
	}
	return
}

func (v *view) sysctls() []string {
	var out []string
	for _, s := range v.pod.Spec.SecurityContext.Sysctls {
		out = append(out, s.Name)
	}
	return out
}

func (v *view) unmasked() (unmasked, def bool) {
	for _, c := range v.ctrs {
		if p := c.SecurityContext.ProcMount; p != nil && *p == v1.UnmaskedProcMount {
			unmasked = true
		} else {
			def = true
		}
	}
	return
}

// kind names the source of a volume as policies do.
func kind(vol *v1.Volume) string {
	m := parse(raw(vol))
	for _, k := range keys(m) {
		if k == "cephfs" {
			return "cephFS"
		}
		if has(fsTypes, k) {
			return k
		}
	}
	return ""
}

// tokenOnly tells whether the plugin lets the volume pass as a secret.
func tokenOnly(p *v1.ProjectedVolumeSource) bool {
	if oracle.Minor < 19 {
		return false
	}
	for _, s := range p.Sources {
		if s.ServiceAccountToken == nil && s.ConfigMap == nil && s.DownwardAPI == nil {
			return false
		}
		if t := s.ServiceAccountToken; t != nil && (t.Path != "token" || t.Audience != "") {
			return false
		}
		if s.ConfigMap != nil && s.ConfigMap.Name != "kube-root-ca.crt" {
			return false
		}
		if s.DownwardAPI != nil {
			for _, d := range s.DownwardAPI.Items {
				if d.Path != "namespace" || d.FieldRef == nil || d.FieldRef.FieldPath != "metadata.namespace" {
					return false
				}
			}
		}
	}
	return true
}

// writable tells whether any container may write to the volume.
func (v *view) writable(name string) bool {
	for _, c := range v.ctrs {
		for _, m := range c.VolumeMounts {
			if m.Name == name && !m.ReadOnly {
				return true
			}
		}
	}
	return false
}

func (v *view) volumeKinds() []string {
	var out []string
	for i := range v.pod.Spec.Volumes {
		out = append(out, kind(&v.pod.Spec.Volumes[i]))
	}
	return uniq(out)
}

// safeSince are the safe sysctls that were not from the first.
var safeSince = map[string]int{"net.ipv4.ping_group_range": 18, "net.ipv4.ip_unprivileged_port_start": 22}

func isSafe(s string) bool { return has(sysctlSafe, s) && oracle.Minor >= safeSince[s] }

func matches(pattern, s string) bool {
	if strings.HasSuffix(pattern, "*") {
		return strings.HasPrefix(s, strings.TrimSuffix(pattern, "*"))
	}
	return pattern == s
}

func overlap(a, b string) bool {
	x, y := strings.TrimSuffix(a, "*"), strings.TrimSuffix(b, "*")
	return matches(a, y) || matches(b, x) || (strings.HasSuffix(a, "*") && strings.HasPrefix(y, x)) || (strings.HasSuffix(b, "*") && strings.HasPrefix(x, y))
}
