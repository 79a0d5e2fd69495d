//go:build oldserver

// Package main runs the API server of an old release, unmodified but for its generated OpenAPI document.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata"

	"k8s.io/component-base/logs"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	logs.InitLogs()
	defer logs.FlushLogs()
	if err := app.NewAPIServerCommand().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
