CREATE TABLE "orgs" ("id" BIGSERIAL NOT NULL, "name" VARCHAR NOT NULL, PRIMARY KEY ("id"), UNIQUE ("name"));

CREATE TABLE "users" ("id" BIGSERIAL NOT NULL, "name" VARCHAR NOT NULL DEFAULT 'nobody', "email_address" VARCHAR, "phone" varchar(30), "org_id" BIGINT, "created_at" TIMESTAMPTZ NOT NULL DEFAULT current_timestamp, "gone" TIMESTAMPTZ, PRIMARY KEY ("id"), CONSTRAINT "contact" UNIQUE ("email_address", "phone"), FOREIGN KEY ("org_id") REFERENCES "orgs" ("id") ON UPDATE RESTRICT ON DELETE CASCADE);

CREATE TABLE "groups" ("id" BIGINT NOT NULL, "caption" VARCHAR, PRIMARY KEY ("id"));

CREATE TABLE "user_to_groups" ("user_id" BIGINT NOT NULL, "group_id" BIGINT NOT NULL, PRIMARY KEY ("user_id", "group_id"), FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "kinds" ("id" SERIAL NOT NULL, "flag" BOOLEAN, "i" BIGINT, "i8" SMALLINT, "i16" SMALLINT, "i32" INTEGER, "u" BIGINT, "u8" SMALLINT, "u16" SMALLINT, "u32" INTEGER, "u64" BIGINT, "f32" REAL, "f64" DOUBLE PRECISION, "s" VARCHAR, "text" VARCHAR, "t" TIMESTAMPTZ, "d" BIGINT, "b" BYTEA, "ip" BYTEA, "net" CIDR, "raw" JSONB, "u4" uuid DEFAULT '00000000-0000-0000-0000-000000000000', "ns" VARCHAR, "ni" BIGINT, "ni32" JSONB, "nb" BOOLEAN, "nf" DOUBLE PRECISION, "nt" TIMESTAMPTZ, "bt" TIMESTAMPTZ, "map" JSONB, "struct" JSONB, "slice" JSONB, "arr" varchar, "ptr" VARCHAR, "httpurl" VARCHAR, "api_key_id" VARCHAR, "o_auth2id" VARCHAR, "zip" VARCHAR, "price" decimal(10,2) DEFAULT (1 + 2), "big" bigint, PRIMARY KEY ("id"));

CREATE TABLE "stories" ("created_at" TIMESTAMPTZ NOT NULL DEFAULT current_timestamp, "updated_at" TIMESTAMPTZ, "id" BIGSERIAL NOT NULL, "author_id" BIGINT NOT NULL, "home_street" VARCHAR NOT NULL, "home_zip" VARCHAR, "home_city" VARCHAR, "note" VARCHAR, PRIMARY KEY ("id"), CONSTRAINT "home_where" UNIQUE ("home_zip", "home_city"), FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "categories" ("id" BIGSERIAL NOT NULL, "parent_id" BIGINT, PRIMARY KEY ("id"), FOREIGN KEY ("parent_id") REFERENCES "categories" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "people" ("id" uuid NOT NULL, "name" VARCHAR, PRIMARY KEY ("id"), UNIQUE ("name"));

CREATE TABLE "keyeds" ("id" BIGINT NOT NULL, "locale" varchar(5) NOT NULL, PRIMARY KEY ("id", "locale"));

CREATE TABLE "lines" ("id" BIGSERIAL NOT NULL, "k_id" BIGINT, "k_locale" varchar(5), PRIMARY KEY ("id"), FOREIGN KEY ("k_id", "k_locale") REFERENCES "keyeds" ("id", "locale") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "no_keys" ("id" BIGINT, "name" VARCHAR);

CREATE TABLE "comments" ("id" BIGSERIAL NOT NULL, "item_id" BIGINT, "item_type" VARCHAR, PRIMARY KEY ("id"));

