package gen

func (g *Generator) place() (ns, sa string) {
	ns, sa = pickOf(g.r, nss), pickOf(g.r, sas)
	if g.r.p(0.05) {
		sa = ""
	}
	return
}

func setName(p M, name string) { sub(p, "metadata")["name"] = name }

func (g *Generator) who() string { return g.r.pick("sa", "sa", "user", "both") }

// finish names the policies, keeps their order as the order of their names if wanted, and grants them.
func (g *Generator) finish(ns, sa string, pod M, policies []M, grants []string, sorted bool) *draft {
	r := g.r
	names := r.names(len(policies))
	if sorted {
		names = sortedStrings(names)
	}
	m := map[string]string{}
	for i, p := range policies {
		setName(p, names[i])
		m[names[i]] = grants[i]
	}
	user := r.user(ns, sa)
	d := &draft{op: "CREATE", ns: ns, user: user, pod: pod}
	d.rbac = r.rbac(ns, sa, user, names, m)
	d.policies = shuffled(r, policies)
	return d
}

func sortedStrings(l []string) []string {
	m := M{}
	for _, s := range l {
		m[s] = true
	}
	return keys(m)
}

func targetNamed(name string) *target {
	for i := range targets {
		if targets[i].name == name {
			return &targets[i]
		}
	}
	panic("no target " + name)
}

// sole makes a case that is denied for one control only.
func (g *Generator) sole(name string) *draft {
	r := g.r
	t := targetNamed(name)
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(4))
	t.ensure(r, pod)
	r.serviceAccount(pod, sa)
	v, err := viewOf(pod)
	if err != nil {
		return nil
	}
	var policies []M
	var grants []string
	n := 1
	if r.p(0.45) {
		n += 1 + r.Intn(2)
	}
	for i := 0; i < n; i++ {
		p := r.accept(v, "")
		if !t.violate(r, v, p) {
			return nil
		}
		policies, grants = append(policies, p), append(grants, g.who())
	}
	for i := r.Intn(4); i > 0 && len(policies) < 6; i-- { // traps
		p := r.accept(v, "")
		if r.p(0.2) {
			p = r.preset()
		}
		policies, grants = append(policies, p), append(grants, "none")
	}
	return g.finish(ns, sa, pod, policies, grants, false)
}

// mutate makes a case that is allowed and changed in the named way.
func (g *Generator) mutate(name string) *draft {
	r := g.r
	var w *want
	for i := range wants {
		if wants[i].name == name {
			w = &wants[i]
		}
	}
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(4))
	w.absent(r, pod)
	r.serviceAccount(pod, sa)
	v, err := viewOf(pod)
	if err != nil {
		return nil
	}
	p := r.accept(v, "")
	if !w.apply(r, v, p) {
		return nil
	}
	var before, after []M
	var bg, ag []string
	for i := r.Intn(3); i > 0; i-- { // tried before
		q := r.accept(v, "")
		if r.p(0.5) {
			t := pickOf(r, targets)
			if t.violate(r, v, q) {
				before, bg = append(before, q), append(bg, g.who())
				continue
			}
		}
		before, bg = append(before, q), append(bg, "none")
	}
	for i := r.Intn(3); i > 0; i-- { // tried after
		q := r.accept(v, "")
		ok := w.apply(r, v, q)
		who := "none"
		if ok {
			who = r.pick("sa", "user", "both", "none")
		}
		after, ag = append(after, q), append(ag, who)
	}
	policies := append(append(before, p), after...)
	grants := append(append(bg, g.who()), ag...)
	return g.finish(ns, sa, pod, policies, grants, true)
}

func (g *Generator) anyPolicy(v *view) M {
	r := g.r
	switch x := r.Intn(10); {
	case x < 3:
		return r.preset()
	case x < 6:
		return r.random()
	case x < 8:
		return r.accept(v, "")
	}
	p := r.accept(v, "")
	for i := 1 + r.Intn(2); i > 0; i-- {
		t := pickOf(r, targets)
		t.violate(r, v, p)
	}
	return p
}

// random makes a case without an aim.
func (g *Generator) random(decorations int) *draft {
	r := g.r
	ns, sa := g.place()
	pod := r.pod(ns, decorations)
	r.serviceAccount(pod, sa)
	v, err := viewOf(pod)
	if err != nil {
		return nil
	}
	var policies []M
	var grants []string
	for i := 1 + r.Intn(6); i > 0; i-- {
		policies = append(policies, g.anyPolicy(v))
		grants = append(grants, r.pick("sa", "sa", "user", "both", "none"))
	}
	d := g.finish(ns, sa, pod, policies, grants, false)
	if r.p(0.06) {
		g.admin(d, ns, sa)
	}
	return d
}

// admin makes the user a member of system:masters.
func (g *Generator) admin(d *draft, ns, sa string) {
	d.user = userInfo{"kubernetes-admin", []string{"system:masters", "system:authenticated"}}
	names := []string{}
	m := map[string]string{}
	for _, p := range d.policies {
		names = append(names, metaName(p))
		m[metaName(p)] = g.r.pick("none", "none", "sa")
	}
	d.rbac = g.r.rbac(ns, sa, d.user, sortedStrings(names), m)
}

// unauthorized makes policies that would do and are not granted.
func (g *Generator) unauthorized() *draft {
	r := g.r
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(4))
	r.serviceAccount(pod, sa)
	v, err := viewOf(pod)
	if err != nil {
		return nil
	}
	var policies []M
	var grants []string
	for i := 1 + r.Intn(4); i > 0; i-- {
		policies, grants = append(policies, r.accept(v, "")), append(grants, "none")
	}
	d := g.finish(ns, sa, pod, policies, grants, false)
	b := &rbacBuilder{r: r, ns: ns, sa: sa, user: d.user, n: 100}
	for _, p := range d.policies {
		for i := 1 + r.Intn(2); i > 0; i-- {
			b.trap(metaName(p))
		}
	}
	push(d.rbac, "clusterRoles", b.clusterRoles...)
	push(d.rbac, "roles", b.roles...)
	push(d.rbac, "clusterRoleBindings", b.clusterRoleBindings...)
	push(d.rbac, "roleBindings", b.roleBindings...)
	return d
}

// noProvider leaves the plugin without a policy to try.
func (g *Generator) noProvider() *draft {
	r := g.r
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(5))
	r.serviceAccount(pod, sa)
	var policies []M
	var grants []string
	if r.p(0.8) {
		v, err := viewOf(pod)
		if err != nil {
			return nil
		}
		for i := 1 + r.Intn(3); i > 0; i-- {
			p := r.accept(v, "")
			r.unusable(p)
			policies, grants = append(policies, p), append(grants, g.who())
		}
	}
	return g.finish(ns, sa, pod, policies, grants, false)
}

// rbacCase has a few policies and many grants and traps.
func (g *Generator) rbacCase() *draft {
	r := g.r
	d := g.random(r.Intn(3))
	if d == nil {
		return nil
	}
	sa, _ := spec(d.pod)["serviceAccountName"].(string)
	b := &rbacBuilder{r: r, ns: d.ns, sa: sa, user: d.user, n: 200}
	for _, p := range d.policies {
		for i := r.Intn(3); i > 0; i-- {
			b.trap(metaName(p))
		}
		if r.p(0.2) {
			b.grant(b.userSubject(), []string{metaName(p)})
		}
	}
	push(d.rbac, "clusterRoles", b.clusterRoles...)
	push(d.rbac, "roles", b.roles...)
	push(d.rbac, "clusterRoleBindings", b.clusterRoleBindings...)
	push(d.rbac, "roleBindings", b.roleBindings...)
	return d
}

// passive makes a policy that lets all pass and changes nothing.
func (r *R) passive() M {
	p := newPolicy("")
	s := spec(p)
	for k, v := range (M{"privileged": true, "hostNetwork": true, "hostPID": true, "hostIPC": true, "volumes": L{"*"}, "allowedCapabilities": L{"*"}, "hostPorts": L{r.rng(0, 65535)}, "allowedUnsafeSysctls": L{"*"}, "allowedProcMountTypes": L{"Default", "Unmasked"}}) {
		s[k] = v
	}
	annotations(p)[seccompAllowed] = "*"
	return p
}

// prefer mixes policies that change the pod and later ones that do not.
func (g *Generator) prefer() *draft {
	r := g.r
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(3))
	r.serviceAccount(pod, sa)
	v, err := viewOf(pod)
	if err != nil {
		return nil
	}
	var policies []M
	var grants []string
	for i := 1 + r.Intn(3); i > 0; i-- {
		p := r.accept(v, "")
		w := pickOf(r, wants)
		w.apply(r, v, p)
		policies, grants = append(policies, p), append(grants, g.who())
	}
	for i := 1 + r.Intn(2); i > 0; i-- {
		policies, grants = append(policies, r.passive()), append(grants, r.pick("sa", "user", "both", "none"))
	}
	return g.finish(ns, sa, pod, policies, grants, true)
}
