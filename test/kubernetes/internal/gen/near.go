package gen

import (
	"strings"

	"kubectl-psp/reference/internal/oracle"
)

// near derives a case from an earlier one by one change.
func (g *Generator) near() (*draft, *oracle.Result) {
	r := g.r
	if len(g.kept) < 10 {
		return nil, nil
	}
	k := r.Intn(len(g.kept))
	d := g.kept[k].clone()
	if len(d.policies) == 0 || g.ok[k].InvalidPolicies {
		return nil, nil
	}
	d.from = g.names[k]
	ok := false
	x := r.Intn(12)
	if d.op == "UPDATE" && x >= 4 && x <= 7 {
		x = 0
	}
	switch x {
	case 0, 1, 2, 3:
		ok = r.tweak(spec(pickOf(r, d.policies)), policyKeys)
	case 4, 5, 6:
		ok = r.tweakPod(d.pod)
	case 7:
		pickOf(r, decorators)(r, d.pod)
		ok = true
	case 8:
		ok = r.tweakRBAC(d.rbac)
	case 9: // the order of the names
		if len(d.policies) > 1 {
			two := some(r, d.policies, 2)
			a, b := metaName(two[0]), metaName(two[1])
			setName(two[0], b)
			setName(two[1], a)
			ok = true
		} else {
			setName(d.policies[0], pickOf(r, namePool))
			ok = true
		}
	case 10:
		ok = r.tweakAnnotations(pickOf(r, d.policies))
	default:
		switch r.Intn(4) {
		case 0:
			i := r.Intn(len(d.policies))
			if len(d.policies) > 1 {
				d.policies = append(d.policies[:i:i], d.policies[i+1:]...)
				ok = true
			}
		case 1:
			if len(d.user.groups) > 0 {
				i := r.Intn(len(d.user.groups))
				d.user.groups = append(append([]string{}, d.user.groups[:i]...), d.user.groups[i+1:]...)
				ok = true
			}
		case 2:
			if d.op == "CREATE" {
				s := spec(d.pod)
				delete(s, "serviceAccount")
				s["serviceAccountName"] = pickOf(r, sas)
				if r.p(0.2) {
					delete(s, "serviceAccountName")
				}
				ok = true
			}
		default:
			d.user = r.user(d.ns, "")
			ok = true
		}
	}
	if !ok {
		return nil, nil
	}
	d.gates = nil
	return d, g.ok[k]
}

var policyKeys = []string{"privileged", "hostNetwork", "hostPID", "hostIPC", "hostPorts", "volumes", "allowedHostPaths", "allowedFlexVolumes", "allowedCSIDrivers", "runAsUser", "runAsGroup", "supplementalGroups", "fsGroup", "seLinux", "allowedCapabilities", "defaultAddCapabilities", "requiredDropCapabilities", "allowPrivilegeEscalation", "defaultAllowPrivilegeEscalation", "readOnlyRootFilesystem", "allowedUnsafeSysctls", "forbiddenSysctls", "runtimeClass", "allowedProcMountTypes"}

// tweak changes one thing under one of the keys.
func (r *R) tweak(s M, allowed []string) bool {
	var have []string
	for _, k := range keys(s) {
		if has(allowed, k) {
			have = append(have, k)
		}
	}
	if len(have) == 0 {
		return false
	}
	k := pickOf(r, have)
	if r.p(0.08) && !has([]string{"runAsUser", "seLinux", "fsGroup", "supplementalGroups"}, k) {
		delete(s, k)
		return true
	}
	if k == "runAsUser" || k == "runAsGroup" || k == "supplementalGroups" || k == "fsGroup" {
		if r.p(0.3) {
			rules := []string{"MustRunAs", "MayRunAs", "RunAsAny"}
			if k == "runAsUser" {
				rules[1] = "MustRunAsNonRoot"
			}
			s[k] = r.strategy(rules...)
			return true
		}
	}
	v, ok := r.tweakValue(s[k])
	if ok {
		s[k] = v
	}
	return ok
}

// tweakValue changes one leaf or one element.
func (r *R) tweakValue(v interface{}) (interface{}, bool) {
	switch t := v.(type) {
	case bool:
		return !t, true
	case int64:
		return pickOf(r, []int64{t + 1, t - 1, 0, t * 10, pickOf(r, uids)}), true
	case string:
		return r.tweakString(t), true
	case L:
		if len(t) == 0 {
			return v, false
		}
		i := r.Intn(len(t))
		switch r.Intn(4) {
		case 0:
			return append(append(L{}, t[:i]...), t[i+1:]...), true
		case 1:
			if len(t) > 1 {
				return shuffled(r, t), true
			}
		}
		x, ok := r.tweakValue(t[i])
		if ok {
			t[i] = x
		}
		return t, ok
	case M:
		ks := keys(t)
		if len(ks) == 0 {
			return v, false
		}
		k := pickOf(r, ks)
		if k == "name" || k == "rule" {
			return v, false
		}
		if r.p(0.2) {
			delete(t, k)
			return t, true
		}
		x, ok := r.tweakValue(t[k])
		if ok {
			t[k] = x
		}
		return t, ok
	}
	return v, false
}

func (r *R) tweakString(s string) string {
	for _, pool := range [][]string{fsTypes, capNames, hostPaths, flexDrivers, csiDrivers, seLevels, seTypes, runtimeClasses, sysctlUnsafe, seccompProfiles} {
		if has(pool, s) && r.p(0.5) {
			return pickOf(r, pool)
		}
	}
	cands := []string{s + "x", strings.ToLower(s), strings.ToUpper(s), s + "/", "*"}
	if len(s) > 1 && ascii(s) {
		cands = append(cands, s[:len(s)-1], s[1:])
	}
	return pickOf(r, cands)
}

var podKeys = []string{"hostNetwork", "hostPID", "hostIPC", "securityContext", "volumes", "runtimeClassName"}

func (r *R) tweakPod(pod M) bool {
	switch r.Intn(4) {
	case 0:
		return r.tweak(spec(pod), podKeys)
	case 1:
		return r.tweakAnnotations(pod)
	}
	c := pickOf(r, containers(pod))
	return r.tweak(c, []string{"securityContext", "securityContext", "ports", "volumeMounts"})
}

func (r *R) tweakAnnotations(o M) bool {
	a := peek(sub(o, "metadata"), "annotations")
	if len(a) == 0 {
		return false
	}
	k := pickOf(r, keys(a))
	s, ok := a[k].(string)
	if !ok {
		return false
	}
	switch r.Intn(4) {
	case 0:
		delete(a, k)
	case 1:
		if parts := strings.Split(s, ","); len(parts) > 1 {
			i := r.Intn(len(parts))
			a[k] = strings.Join(append(append([]string{}, parts[:i]...), parts[i+1:]...), ",")
		} else {
			a[k] = ""
		}
	case 2:
		pool := seccompProfiles
		if strings.Contains(k, "apparmor") {
			pool = appArmorProfiles
		}
		if k == pspAnnotation {
			pool = namePool
		}
		a[k] = pickOf(r, pool)
	default:
		if strings.HasSuffix(k, "Names") {
			a[k] = s + "," + r.pick("unconfined", "runtime/default", "localhost/a")
		} else {
			return false
		}
	}
	return true
}

func (r *R) tweakRBAC(rb M) bool {
	var kinds []string
	for _, k := range keys(rb) {
		if len(list(rb, k)) > 0 {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		return false
	}
	k := pickOf(r, kinds)
	l := list(rb, k)
	i := r.Intn(len(l))
	o := l[i].(M)
	if r.p(0.25) {
		rb[k] = append(append(L{}, l[:i]...), l[i+1:]...)
		return true
	}
	if rules := list(o, "rules"); len(rules) > 0 {
		rule := pickOf(r, rules).(M)
		switch r.Intn(4) {
		case 0:
			rule["verbs"] = pickOf(r, []L{{"get"}, {"use"}, {"*"}, {"Use"}})
		case 1:
			if rule["nonResourceURLs"] != nil {
				return false
			}
			rule["apiGroups"] = pickOf(r, []L{{""}, {"policy"}, {"extensions"}, {"*"}, {"apps"}})
		case 2:
			if rule["nonResourceURLs"] != nil {
				return false
			}
			if n := list(rule, "resourceNames"); len(n) > 1 {
				rule["resourceNames"] = n[1:]
			} else if len(n) == 1 {
				delete(rule, "resourceNames")
			} else {
				rule["resourceNames"] = L{pickOf(r, namePool)}
			}
		default:
			if rule["nonResourceURLs"] != nil {
				return false
			}
			rule["resources"] = pickOf(r, []L{{"podsecuritypolicies"}, {"*"}, {"pods"}, {"podsecuritypolicies/use"}})
		}
		return true
	}
	if s := list(o, "subjects"); len(s) > 0 && r.p(0.7) {
		subject := pickOf(r, s).(M)
		switch r.Intn(3) {
		case 0:
			subject["name"] = r.pick(nameOf(subject)+"x", "system:authenticated", "default", "system:serviceaccounts")
		case 1:
			if subject["kind"] == "ServiceAccount" {
				subject["namespace"] = pickOf(r, nss)
			} else {
				subject["kind"] = r.pick("User", "Group")
			}
		default:
			o["subjects"] = s[1:]
		}
		return true
	}
	ref := peek(o, "roleRef")
	if ref == nil {
		return false
	}
	if r.p(0.5) {
		ref["name"] = r.pick("nosuch", nameOf(ref)+"x")
	} else if m := sub(o, "metadata"); m["namespace"] != nil {
		m["namespace"] = pickOf(r, nss)
	} else {
		return false
	}
	return true
}
