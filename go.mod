module github.com/modelgen/modelgen

go 1.26
