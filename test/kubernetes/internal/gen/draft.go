package gen

import (
	"encoding/json"

	"kubectl-psp/reference/internal/oracle"
)

// draft is a case under construction.
type draft struct {
	op, ns   string
	user     userInfo
	gates    map[string]bool
	policies []M
	rbac     M
	pod, old M
	from     string
}

func (d *draft) clone() *draft {
	out := *d
	out.policies = nil
	for _, p := range d.policies {
		out.policies = append(out.policies, cloneM(p))
	}
	out.rbac = cloneM(d.rbac)
	out.pod = cloneM(d.pod)
	if d.old != nil {
		out.old = cloneM(d.old)
	}
	out.user.groups = append([]string{}, d.user.groups...)
	return &out
}

func (d *draft) build(name string) *oracle.Case {
	c := &oracle.Case{Name: name, DerivedFrom: d.from, Operation: d.op, Namespace: d.ns, FeatureGates: d.gates, Pod: raw(d.pod)}
	if oracle.Minor != 24 {
		c.Release = oracle.Release()
	}
	c.User = oracle.UserInfo{Username: d.user.name, Groups: append([]string{}, d.user.groups...)}
	c.Policies = []json.RawMessage{}
	for _, p := range d.policies {
		c.Policies = append(c.Policies, raw(p))
	}
	get := func(key string) []json.RawMessage {
		out := []json.RawMessage{}
		for _, o := range list(d.rbac, key) {
			out = append(out, raw(o))
		}
		return out
	}
	c.RBAC = oracle.RBAC{ClusterRoles: get("clusterRoles"), Roles: get("roles"), ClusterRoleBindings: get("clusterRoleBindings"), RoleBindings: get("roleBindings")}
	if d.old != nil {
		c.OldPod = raw(d.old)
	}
	return c
}

// usesProcMount tells whether the ProcMountType feature matters.
func (d *draft) usesProcMount() bool {
	for _, p := range d.policies {
		if _, ok := spec(p)["allowedProcMountTypes"]; ok {
			return true
		}
	}
	for _, c := range containers(d.pod) {
		if sc := peek(c, "securityContext"); sc != nil && sc["procMount"] != nil {
			return true
		}
	}
	return false
}
